package io.saddlebag.hq.queue;

/**
 * The traffic of a queue since headquarters started.
 *
 * @param came deliveries that were committed or requeued
 * @param ended deliveries that were acknowledged, dead-lettered or given up
 * @param waiting deliveries that have not ended
 */
public record QueueTraffic(long came, long ended, long waiting) {
    QueueTraffic since(QueueTraffic before) {
        return new QueueTraffic(came - before.came, ended - before.ended, waiting);
    }
}
