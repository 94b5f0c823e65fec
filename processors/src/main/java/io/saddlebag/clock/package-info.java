/** How much time has passed, by two clocks: the wall clock, which can be set, and the time that the site has been running. No I/O. */
package io.saddlebag.clock;
