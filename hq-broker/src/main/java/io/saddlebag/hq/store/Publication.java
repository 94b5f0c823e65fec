package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A complete message as headquarters is about to store it, already judged: permitted, signed, routed.
 *
 * @param sentTimestamp kept to the microsecond, as are the other times
 * @param exchangeName the exchange that it was published to
 * @param expires when it may be given up, UTC; null for never
 * @param manifest the signed envelope, verbatim
 * @param manifestSha256 of the manifest's JSON inside the envelope: what tells a repeat from a conflict
 * @param bodySha256 of the sealed message
 * @param bodySize of the sealed message, in bytes
 * @param deliveries one per receiving site, at least one, each queue once
 */
public record Publication(
        MessageId messageId,
        SiteId senderId,
        String exchangeName,
        Instant sentTimestamp,
        Instant receivedTime,
        Instant expires,
        byte[] manifest,
        Sha256 manifestSha256,
        Sha256 bodySha256,
        long bodySize,
        List<Target> deliveries) {
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    /** @throws Refusal with {@code MALFORMED} when a time is none that a calendar of four-digit years has */
    public Publication {
        sentTimestamp = storable("sent_timestamp", sentTimestamp);
        receivedTime = storable("received_time", receivedTime);
        expires = expires == null ? null : storable("expires", expires);
        deliveries = List.copyOf(deliveries);
        requireDistinctQueues(messageId, deliveries);
        if (deliveries.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one delivery for " + messageId);
        }
    }

    /**
     * The time as it is kept.
     *
     * @param name what it is of, for the refusal
     * @throws Refusal with {@code MALFORMED} when it is none that a calendar of four-digit years has
     */
    public static Instant storable(String name, Instant time) {
        if (time.isBefore(FIRST) || time.isAfter(LAST)) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected a " + name + " between " + FIRST + " and " + LAST + ", found " + time
                            + "; check the sender's clock");
        }
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    private static void requireDistinctQueues(MessageId id, List<Target> deliveries) {
        Set<String> queues = new HashSet<>();
        for (Target target : deliveries) {
            if (!queues.add(target.queueName())) {
                throw new IllegalArgumentException(
                        "Expected each queue once for " + id + ", found " + target.queueName() + " twice");
            }
        }
    }

    /**
     * Where one copy goes.
     *
     * @param priority how soon it is handed out, compared with others on that queue
     */
    public record Target(SiteId receiverClientId, String queueName, String routingKey, Priority priority) {
        /** One of normal priority. */
        public Target(SiteId receiverClientId, String queueName, String routingKey) {
            this(receiverClientId, queueName, routingKey, Priority.NORMAL);
        }
    }
}
