/** Headquarters: its settings, its start and stop, and which bean stands behind which step of the routes. */
package io.saddlebag.hq;
