package io.saddlebag.hq.routing;

import io.saddlebag.clock.RunningTime;
import java.time.Duration;
import java.time.Instant;

/**
 * The rules of a queue in topology.yaml.
 *
 * @param ordered whether a sender's next message waits until the one before it is settled; priorities do not count then
 * @param ttl how long a message may wait from its arrival on; null for ever
 * @param deliveryLimit the number of unsettled deliveries after which it is a dead letter; 0 for never
 * @param redeliveryDelay the pause before the second delivery, doubled before each one after it
 * @param redeliveryMax the longest pause
 * @param maxMessages how many may wait; 0 for any number
 * @param maxBytes of sealed messages that may wait; 0 for any number
 */
public record QueueRules(
        boolean ordered,
        Duration ttl,
        int deliveryLimit,
        Duration redeliveryDelay,
        Duration redeliveryMax,
        long maxMessages,
        long maxBytes) {
    /** The rules of a queue for which the file has none. */
    public static final QueueRules DEFAULT =
            new QueueRules(false, null, 50, Duration.ofMillis(500), Duration.ofMinutes(10), 0, 0);

    /** The pause after this number of unsettled deliveries. */
    public Duration pauseAfter(int attempts) {
        Duration pause = redeliveryDelay;
        for (int i = 1; i < attempts && pause.compareTo(redeliveryMax) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(redeliveryMax) < 0 ? pause : redeliveryMax;
    }

    /**
     * True once a message's time on this queue is over, by the wall clock and by running time.
     *
     * @param expires the sender's own limit; null for none
     */
    public boolean isOver(Instant received, Instant expires, RunningTime time) {
        return (expires != null && time.isOver(received, expires)) || (ttl != null && time.isOlder(received, ttl));
    }
}
