/** Headquarters' log of what it took, which only grows and which it signs. */
package io.saddlebag.hq.tlog;
