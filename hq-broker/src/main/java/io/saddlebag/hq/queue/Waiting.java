package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.time.Instant;
import java.util.Objects;

/**
 * A delivery in memory: what the store holds of it, and how often it was pushed since headquarters started. At any time
 * one owner holds it: its queue, or the subscription that it was pushed to, or the settlement under way.
 */
public final class Waiting {
    private final QueuedDelivery delivery;
    private volatile int attempts;
    private volatile Instant deliveredTime;

    Waiting(QueuedDelivery delivery) {
        this.delivery = Objects.requireNonNull(delivery, "delivery");
    }

    public QueuedDelivery delivery() {
        return delivery;
    }

    /** How often it was pushed; 0 before the first time. */
    public int attempts() {
        return attempts;
    }

    /** When it was last pushed, UTC; null when it never was. */
    public Instant deliveredTime() {
        return deliveredTime;
    }

    boolean isExpired(Instant now) {
        return delivery.expires() != null && !now.isBefore(delivery.expires());
    }

    /** The owner pushes it once more. */
    void pushed(Instant now) {
        deliveredTime = now;
        attempts = attempts + 1;
    }
}
