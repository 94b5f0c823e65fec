package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A complete message as headquarters is about to store it, already judged: permitted, signed, routed.
 *
 * @param exchangeName the exchange that it was published to
 * @param expires when it may be given up, UTC; null for never
 * @param manifest the signed envelope, verbatim
 * @param manifestSha256 of the manifest's JSON inside the envelope: what tells a repeat from a conflict
 * @param bodySha256 of the sealed message
 * @param bodySize of the sealed message, in bytes
 * @param deliveries one per receiving site, at least one
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
    public Publication {
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(senderId, "senderId");
        Objects.requireNonNull(exchangeName, "exchangeName");
        Objects.requireNonNull(sentTimestamp, "sentTimestamp");
        Objects.requireNonNull(receivedTime, "receivedTime");
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(manifestSha256, "manifestSha256");
        Objects.requireNonNull(bodySha256, "bodySha256");
        deliveries = List.copyOf(deliveries);
        if (deliveries.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one delivery for " + messageId);
        }
    }

    /** Where one copy goes. */
    public record Target(SiteId receiverClientId, String queueName, String routingKey) {}
}
