/** Headquarters: its settings, its start and stop, and the bean of each step of the routes. */
package io.saddlebag.hq;
