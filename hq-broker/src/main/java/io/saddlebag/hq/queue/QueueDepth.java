package io.saddlebag.hq.queue;

/**
 * How much of a queue memory holds.
 *
 * @param ready deliveries that wait for a consumer
 * @param away deliveries at a consumer, or being settled
 * @param moreInStore whether the store may hold more that memory has not seen yet
 */
public record QueueDepth(int ready, int away, boolean moreInStore) {}
