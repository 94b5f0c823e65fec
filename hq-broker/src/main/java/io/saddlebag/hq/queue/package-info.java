/** What waits for whom: the index of queued deliveries, dispatch within a prefetch window, settlement. */
package io.saddlebag.hq.queue;
