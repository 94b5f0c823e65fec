/** Headquarters: its settings, its start and stop, and the bean of each step of the routes. No step itself. */
package io.saddlebag.hq;
