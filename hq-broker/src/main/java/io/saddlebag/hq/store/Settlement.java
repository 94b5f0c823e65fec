package io.saddlebag.hq.store;

import io.saddlebag.message.Printable;
import java.time.Instant;
import java.util.Objects;

/**
 * The end of one delivery.
 *
 * @param messageNumber which message
 * @param queueName on which queue
 * @param outcome how it ended
 * @param deliveredTime when it was last pushed, UTC; null when it never was
 * @param settledTime when it ended, UTC
 * @param attempts how often it was pushed
 * @param receipt the delivery receipt's envelope, verbatim; null when the receiver sent none
 * @param reason why, for a dead letter, made printable and short; null otherwise
 */
public record Settlement(
        long messageNumber,
        String queueName,
        Outcome outcome,
        Instant deliveredTime,
        Instant settledTime,
        int attempts,
        byte[] receipt,
        String reason) {
    public Settlement {
        Objects.requireNonNull(queueName, "queueName");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(settledTime, "settledTime");
        reason = reason == null ? null : Printable.of(reason);
    }

    /** How a delivery ends. */
    public enum Outcome {
        ACKNOWLEDGED,
        DEAD_LETTERED,
        EXPIRED
    }
}
