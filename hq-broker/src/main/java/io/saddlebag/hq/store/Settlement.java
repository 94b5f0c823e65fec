package io.saddlebag.hq.store;

import io.saddlebag.hq.store.QueuedDelivery.Returns;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The end of one delivery, or the record of one that came back unsettled.
 *
 * @param messageNumber which message
 * @param queueName on which queue
 * @param payload where its sealed message lies
 * @param outcome how it ended
 * @param deliveredTime when it was last pushed, UTC; null when it never was
 * @param settledTime when it ended, UTC
 * @param attempts how often it was pushed
 * @param receipt the delivery receipt's envelope, verbatim; null when the receiver sent none
 * @param receiptSha256 of the receipt's JSON bytes, for the log; null when there is no receipt
 * @param reason why, for a dead letter and one that expired, made printable and short; null otherwise
 * @param lastError what went wrong the last time, made printable and short; null when nothing did
 * @param returns how it came back unsettled, this time included
 * @param detail of a refusal, encrypted by the receiver for the sender; null when there is none
 */
public record Settlement(
        long messageNumber,
        String queueName,
        PayloadRef payload,
        Outcome outcome,
        Instant deliveredTime,
        Instant settledTime,
        int attempts,
        byte[] receipt,
        Sha256 receiptSha256,
        String reason,
        String lastError,
        Returns returns,
        byte[] detail) {
    public Settlement {
        reason = reason == null ? null : Printable.reason(reason);
        lastError = lastError == null ? null : Printable.reason(lastError);
    }

    /** The delivery that it is of. */
    public Key key() {
        return new Key(messageNumber, queueName);
    }

    /** Names a delivery. */
    public record Key(long messageNumber, String queueName) {}

    /**
     * The settlements of one transaction, of which each delivery has one: the first of its ends, or else the last that gave it
     * back.
     *
     * @param acknowledged one delivery may be among them twice
     * @param others each delivery once, and none of those above
     * @param superseded the ends that came after another end of the same delivery
     */
    public record Group(List<Settlement> acknowledged, List<Settlement> others, List<Settlement> superseded) {
        public static Group of(List<Settlement> settlements) {
            if (settlements.stream().allMatch(each -> each.outcome() == Outcome.ACKNOWLEDGED)) {
                return new Group(settlements, List.of(), List.of());
            }
            Map<Settlement.Key, Settlement> chosen = new LinkedHashMap<>();
            List<Settlement> superseded = new ArrayList<>();
            for (Settlement each : settlements) {
                Settlement before = chosen.get(each.key());
                if (before == null || before.outcome() == Outcome.RETURNED) {
                    chosen.put(each.key(), each);
                } else if (each.outcome() != Outcome.RETURNED && each.outcome() != before.outcome()) {
                    superseded.add(each);
                }
            }
            List<Settlement> acknowledged = new ArrayList<>();
            List<Settlement> others = new ArrayList<>();
            chosen.values().forEach(each -> (each.outcome() == Outcome.ACKNOWLEDGED ? acknowledged : others).add(each));
            return new Group(acknowledged, others, superseded);
        }

        public List<Settlement> all() {
            List<Settlement> all = new ArrayList<>(acknowledged);
            all.addAll(others);
            return all;
        }
    }

    /** How a delivery ends. */
    public enum Outcome {
        ACKNOWLEDGED,
        /** It is kept, with its sealed message, until an operator requeues or discards it. */
        DEAD_LETTERED,
        /** A dead letter whose sealed message is damaged or missing: it cannot be requeued. */
        LOST,
        EXPIRED,
        /** An operator gave it up. */
        DISCARDED,
        /** It waits again; only its attempts and its last error are written. */
        RETURNED;

        /** True when the delivery needs its sealed message no more. */
        public boolean endsHold() {
            return this != DEAD_LETTERED && this != RETURNED;
        }
    }
}
