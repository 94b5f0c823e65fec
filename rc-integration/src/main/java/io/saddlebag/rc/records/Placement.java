package io.saddlebag.rc.records;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * A message's place in the outbox. The journal announces it once the payload is there and the standardized file is staged.
 *
 * @param contentHmac as its receipt says it
 * @param payloadName the payload's name in the sender's folder; null when the journal no longer holds it
 * @param verdictSecret of the message, when the outbox expects a verdict on it; null otherwise
 */
public record Placement(
        SiteId senderId,
        MessageId messageId,
        Sha256 manifestSha256,
        Sha256 contentSha256,
        long contentSize,
        Sha256 contentHmac,
        String payloadName,
        Instant receivedTime,
        ReceiptSecret verdictSecret) {
    public Placement(
            SiteId senderId,
            MessageId messageId,
            Sha256 manifestSha256,
            Sha256 contentSha256,
            long contentSize,
            Sha256 contentHmac,
            String payloadName,
            Instant receivedTime) {
        this(
                senderId,
                messageId,
                manifestSha256,
                contentSha256,
                contentSize,
                contentHmac,
                payloadName,
                receivedTime,
                null);
    }

    /** In an outbox that expects a verdict. */
    public Placement expectingVerdict(ReceiptSecret secret) {
        return new Placement(
                senderId,
                messageId,
                manifestSha256,
                contentSha256,
                contentSize,
                contentHmac,
                payloadName,
                receivedTime,
                secret);
    }
}
