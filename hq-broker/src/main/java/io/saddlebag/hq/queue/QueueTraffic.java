package io.saddlebag.hq.queue;

/**
 * What went through a queue since headquarters started.
 *
 * @param came deliveries that were committed or requeued
 * @param ended deliveries that were acknowledged, dead-lettered or given up
 * @param waiting deliveries that have not ended
 */
public record QueueTraffic(long came, long ended, long waiting) {}
