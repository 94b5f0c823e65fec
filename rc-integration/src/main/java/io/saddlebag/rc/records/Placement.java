package io.saddlebag.rc.records;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * A message's place in the outbox. The journal announces it once the payload is there and the standardized file is staged.
 *
 * @param contentHmac as its receipt says it
 * @param payloadName the payload's name in the sender's folder; null when the journal no longer holds it
 */
public record Placement(
        SiteId senderId,
        MessageId messageId,
        Sha256 manifestSha256,
        Sha256 contentSha256,
        long contentSize,
        Sha256 contentHmac,
        String payloadName,
        Instant receivedTime) {}
