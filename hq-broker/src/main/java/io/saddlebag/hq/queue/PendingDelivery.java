package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.QueuedDelivery.Returns;
import java.time.Instant;

/**
 * A delivery in memory, and the number of times it was pushed. At any time one owner holds it: its queue, the
 * subscription that it was pushed to, or its settlement.
 */
public final class PendingDelivery {
    /** From this number of attempts on it may be the cause that its consumers end, and is pushed alone. */
    private static final int SUSPECT = 3;

    private final QueuedDelivery delivery;
    private volatile int attempts;
    private volatile Returns returns;
    private volatile Instant deliveredTime;
    private volatile boolean whole;
    private volatile String discardReason;
    /** Guarded by its queue's monitor. */
    private boolean resting;

    PendingDelivery(QueuedDelivery delivery) {
        this.delivery = delivery;
        this.attempts = delivery.attempts();
        this.returns = delivery.returns();
    }

    public QueuedDelivery delivery() {
        return delivery;
    }

    /** How often it was pushed, from when it was queued on; 0 before the first time. */
    public int attempts() {
        return attempts;
    }

    /** When it was last pushed, UTC; null when that was before headquarters started, or never. */
    public Instant deliveredTime() {
        return deliveredTime;
    }

    /** The owner pushes it once more. */
    public void pushed(Instant now) {
        deliveredTime = now;
        whole = false;
        attempts = attempts + 1;
    }

    /** All its parts are with the connection. */
    public void pushedWhole() {
        whole = true;
    }

    /**
     * The connection ended. A delivery that was cut off in the middle cannot have harmed its consumer, so that it is no
     * attempt.
     *
     * @return true when it counts as an attempt
     */
    public boolean cutOff(Instant now) {
        if (!whole) {
            attempts = attempts - 1;
            return false;
        }
        returns = returns.cutOff(now);
        return true;
    }

    /** Its receiver gave it back, or it could not be pushed. */
    public void refused(Instant now) {
        returns = returns.refused(now);
    }

    /** How it came back unsettled, from when it was queued on. */
    public Returns returns() {
        return returns;
    }

    /** How often its connection ended while it was there as a whole. */
    public int cutOffs() {
        return attempts - returns.refused();
    }

    /** True once it came back so often that it should be pushed when nothing else is in flight. */
    public boolean isSuspect() {
        return attempts >= SUSPECT;
    }

    /** Why an operator gave it up, so that it ends in place of another push; null otherwise. */
    public String discardReason() {
        return discardReason;
    }

    void discard(String reason) {
        discardReason = reason;
    }

    boolean isResting() {
        return resting;
    }

    void resting(boolean rests) {
        resting = rests;
    }
}
