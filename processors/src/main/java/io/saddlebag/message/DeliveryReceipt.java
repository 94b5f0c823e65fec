package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Objects;

/**
 * The signed form of an acknowledgement: the receiver's statement that the file is in its outbox. Travels as the
 * payload of a DSSE envelope of type {@value #TYPE}.
 *
 * @param manifestSha256 of the manifest's JSON bytes, so that the receipt is valid for one message only
 * @param contentSha256 of the file in the outbox
 * @param contentSize of that file, in bytes
 */
@JsonPropertyOrder({
    "network_id",
    "message_id",
    "sender_id",
    "receiver_client_id",
    "manifest_sha256",
    "content_sha256",
    "content_size",
    "received_timestamp"
})
public record DeliveryReceipt(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,
        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("content_sha256") Sha256 contentSha256,
        @JsonProperty("content_size") long contentSize,
        @JsonProperty("received_timestamp") Instant receivedTimestamp) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.delivery-receipt.v1+json";

    public DeliveryReceipt {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(senderId, "sender_id");
        Objects.requireNonNull(receiverClientId, "receiver_client_id");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        Objects.requireNonNull(contentSha256, "content_sha256");
        Objects.requireNonNull(receivedTimestamp, "received_timestamp");
    }
}
