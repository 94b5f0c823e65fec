package io.saddlebag.rc.records;

import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.List;

/**
 * One delivery in the journal.
 *
 * @param seq the sender's count of its messages to this centre
 * @param prev digest of the manifest before it; null for the first
 * @param contentSha256 null of a refused message
 * @param contentHmac as the receipt says it; null of a refused message
 * @param receipt the delivery receipt's DSSE envelope, which every acknowledgement of the message carries as long as the
 *     centre signs under the same certificate; null of a refused message
 * @param fileName under which its sender dropped it, not trusted; null when it is not known
 * @param ended earlier messages of the sender to this centre that do not come any more, as it says inside the seal
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
        Sha256 contentHmac,
        Instant receivedTime,
        byte[] receipt,
        String fileName,
        List<Message.Ended> ended) {
    /** The place that the message got, without the payload's name. */
    public Placement placement() {
        return new Placement(
                senderId, messageId, manifestSha256, contentSha256, contentSize, contentHmac, null, receivedTime);
    }
}
