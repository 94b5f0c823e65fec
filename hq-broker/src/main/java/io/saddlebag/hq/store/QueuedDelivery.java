package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * One delivery that waits, as the index holds it: small, without its payload.
 *
 * @param messageNumber headquarters' own number of the message; ascending in the order of commit
 * @param sentTimestamp to the microsecond
 * @param payload where manifest and sealed message lie
 * @param expires UTC, to the microsecond; null for never
 */
public record QueuedDelivery(
        long messageNumber,
        MessageId messageId,
        SiteId senderId,
        Instant sentTimestamp,
        Instant expires,
        SiteId receiverClientId,
        String queueName,
        String routingKey,
        PayloadRef payload) {}
