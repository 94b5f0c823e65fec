package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The laboratory's statement when it verified the receipts of a message, so that they stay provable after a signer's
 * certificate ended or was revoked. Travels as the payload of a DSSE envelope of type {@value #TYPE} in the file of
 * receipts; docs/formats.md describes it.
 *
 * @param senderId the laboratory that verified and signs
 */
@JsonPropertyOrder({"network_id", "message_id", "sender_id", "receipts"})
public record VerifiedReceipts(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("receipts") List<Verified> receipts) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.verified-receipts.v1+json";

    public VerifiedReceipts {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(senderId, "sender_id");
        receipts = List.copyOf(receipts);
    }

    /**
     * @param receiptSha256 of the receipt's JSON bytes, the payload of its envelope
     * @param verifiedTimestamp when all of it held
     */
    @JsonPropertyOrder({"receiver_client_id", "receipt_sha256", "verified_timestamp"})
    public record Verified(
            @JsonProperty("receiver_client_id") SiteId receiverClientId,
            @JsonProperty("receipt_sha256") Sha256 receiptSha256,
            @JsonProperty("verified_timestamp") Instant verifiedTimestamp) {
        public Verified {
            Objects.requireNonNull(receiverClientId, "receiver_client_id");
            Objects.requireNonNull(receiptSha256, "receipt_sha256");
            Objects.requireNonNull(verifiedTimestamp, "verified_timestamp");
        }
    }

    /** When the laboratory verified this very receipt of the recipient; empty when it does not say so. */
    public Optional<Instant> verified(SiteId recipient, Sha256 receipt) {
        return receipts.stream()
                .filter(each -> each.receiverClientId().equals(recipient)
                        && each.receiptSha256().equals(receipt))
                .map(Verified::verifiedTimestamp)
                .findFirst();
    }
}
