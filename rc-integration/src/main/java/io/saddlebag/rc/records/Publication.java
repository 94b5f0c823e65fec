package io.saddlebag.rc.records;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * A message whose payload stands in the outbox and whose standardized file is staged beside it, about to get its name.
 *
 * @param payloadName the payload's, in the sender's folder
 */
public record Publication(
        SiteId senderId,
        MessageId messageId,
        Sha256 manifestSha256,
        Sha256 contentSha256,
        long contentSize,
        String payloadName,
        Instant receivedTime) {}
