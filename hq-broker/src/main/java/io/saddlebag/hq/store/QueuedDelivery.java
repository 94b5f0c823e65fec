package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * One delivery that waits, as the index holds it: small, without its payload.
 *
 * @param messageNumber headquarters' own number of the message; ascending in the order of commit
 * @param sentTimestamp to the microsecond
 * @param receivedTime when headquarters had it, UTC, to the microsecond
 * @param priority how soon it is handed out, compared with others on its queue
 * @param attempts how often it was pushed before, as far as the store knows
 * @param returns how it came back before, as far as the store knows
 * @param payload where manifest and sealed message lie
 * @param expires UTC, to the microsecond; null for never
 */
public record QueuedDelivery(
        long messageNumber,
        MessageId messageId,
        SiteId senderId,
        Instant sentTimestamp,
        Instant receivedTime,
        Instant expires,
        Priority priority,
        int attempts,
        Returns returns,
        SiteId receiverClientId,
        String queueName,
        String routingKey,
        PayloadRef payload) {
    /**
     * How a delivery came back unsettled.
     *
     * @param refused how often its receiver gave it back, or headquarters could not read it; without the ends of connections
     * @param since when it first came back, UTC; null when it never did
     */
    public record Returns(int refused, Instant since) {
        /** It never came back. */
        public static final Returns NONE = new Returns(0, null);

        /** Once more, by the end of its connection. */
        public Returns cutOff(Instant now) {
            return new Returns(refused, since == null ? now : since);
        }

        /** Once more, by a NACK or an attempt that failed. */
        public Returns refused(Instant now) {
            return new Returns(refused + 1, since == null ? now : since);
        }
    }
}
