package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.TreeHead.LogHead;
import java.time.Instant;
import java.util.Objects;

/**
 * The signed form of an acknowledgement: the receiver's statement that the file is in its outbox. Travels as the
 * payload of a DSSE envelope of type {@value #TYPE}, past headquarters, to which it says nothing of the content.
 *
 * @param kind {@value #RECEIVED}
 * @param manifestSha256 of the manifest's JSON bytes, so that the receipt is valid for one message only
 * @param contentHmac of the file in the outbox, see {@link ReceiptSecret#proof}
 * @param highestSeq the highest count of the sender's messages that the receiver has, this one's at least
 * @param completeSeq up to which none of them is missing, because it came or its sender ended it; 0 for none
 * @param logHead the last head of headquarters' proof log that the receiver has verified; null when it has none
 */
@JsonPropertyOrder({
    "kind",
    "network_id",
    "message_id",
    "sender_id",
    "receiver_client_id",
    "manifest_sha256",
    "content_hmac",
    "received_timestamp",
    "highest_seq",
    "complete_seq",
    "log_head"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliveryReceipt(
        @JsonProperty("kind") String kind,
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,
        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("content_hmac") Sha256 contentHmac,
        @JsonProperty("received_timestamp") Instant receivedTimestamp,
        @JsonProperty("highest_seq") long highestSeq,
        @JsonProperty("complete_seq") long completeSeq,
        @JsonProperty("log_head") LogHead logHead) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.delivery-receipt.v2+json";
    /** The file is in the receiver's outbox. */
    public static final String RECEIVED = "received";

    public DeliveryReceipt {
        if (!RECEIVED.equals(kind)) {
            throw new IllegalArgumentException(
                    "Expected a receipt of the kind '" + RECEIVED + "', found '" + Printable.of(kind) + "'");
        }
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(senderId, "sender_id");
        Objects.requireNonNull(receiverClientId, "receiver_client_id");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        Objects.requireNonNull(contentHmac, "content_hmac");
        Objects.requireNonNull(receivedTimestamp, "received_timestamp");
        if (completeSeq < 0 || completeSeq > highestSeq || highestSeq > Manifest.MAX_SEQ) {
            throw new IllegalArgumentException("Expected a highest_seq of " + Manifest.MAX_SEQ
                    + " at most, and a complete_seq from 0 to that, found " + highestSeq + " and " + completeSeq);
        }
    }

    /** The file is in the receiver's outbox. */
    public static DeliveryReceipt received(
            Sha256 networkId,
            MessageId messageId,
            SiteId senderId,
            SiteId receiverClientId,
            Sha256 manifestSha256,
            Sha256 contentHmac,
            Instant receivedTimestamp,
            long highestSeq,
            long completeSeq) {
        return new DeliveryReceipt(
                RECEIVED,
                networkId,
                messageId,
                senderId,
                receiverClientId,
                manifestSha256,
                contentHmac,
                receivedTimestamp,
                highestSeq,
                completeSeq,
                null);
    }

    /** The same, with the head that the receiver has seen, so that the sender can compare it with its own. */
    public DeliveryReceipt having(LogHead seen) {
        return new DeliveryReceipt(
                kind,
                networkId,
                messageId,
                senderId,
                receiverClientId,
                manifestSha256,
                contentHmac,
                receivedTimestamp,
                highestSeq,
                completeSeq,
                seen);
    }
}
