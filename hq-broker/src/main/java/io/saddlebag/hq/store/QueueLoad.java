package io.saddlebag.hq.store;

/**
 * How much waits on a queue, wherever it is held.
 *
 * @param messages that are not settled
 * @param bytes of their sealed messages
 */
public record QueueLoad(long messages, long bytes) {
    public static final QueueLoad NONE = new QueueLoad(0, 0);

    QueueLoad plus(long moreMessages, long moreBytes) {
        return new QueueLoad(messages + moreMessages, bytes + moreBytes);
    }
}
