/**
 * The index of the deliveries that wait on each queue, and its upkeep. It pushes and settles nothing: that is {@code
 * deliver}.
 */
package io.saddlebag.hq.queue;
