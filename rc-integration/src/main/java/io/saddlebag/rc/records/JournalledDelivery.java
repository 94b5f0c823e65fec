package io.saddlebag.rc.records;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * What the journal knows of one message that stands in the outbox.
 *
 * @param seq the sender's count of its messages to this centre
 * @param prev digest of the manifest before it; null for the first
 * @param receipt the delivery receipt's DSSE envelope: what every acknowledgement of the message carries, as long as
 *     the centre signs under the same certificate
 */
public record JournalledDelivery(
        SiteId senderId,
        MessageId messageId,
        String queueName,
        Sha256 manifestSha256,
        long seq,
        Sha256 prev,
        Sha256 contentSha256,
        long contentSize,
        Instant receivedTime,
        byte[] receipt) {}
