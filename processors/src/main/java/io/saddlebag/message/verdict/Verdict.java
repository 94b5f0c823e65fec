package io.saddlebag.message.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The receiver's statement that it accepts or rejects a message that it has: a receipt of a later kind, once for each message.
 * Travels as the payload of a DSSE envelope of type {@value #TYPE}. Headquarters sees kind and code; the reason is encrypted
 * for the sender.
 *
 * <p>The array is not copied; nobody may write into it.
 *
 * @param kind {@value #ACCEPTED} or {@value #REJECTED}
 * @param manifestSha256 of the manifest's JSON bytes, as in the receipt of the same message
 * @param contentHmac as in that receipt
 * @param code for programs, 1 to 32 letters, digits, dots, hyphens and underscores; null when the reader gave none
 * @param reason of {@link io.saddlebag.message.ReceiptSecret#sealReason}; null when the reader gave none
 */
@JsonPropertyOrder({
    "kind",
    "network_id",
    "message_id",
    "sender_id",
    "receiver_client_id",
    "manifest_sha256",
    "content_hmac",
    "verdict_timestamp",
    "code",
    "reason"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Verdict(
        @JsonProperty("kind") String kind,
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,
        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("content_hmac") Sha256 contentHmac,
        @JsonProperty("verdict_timestamp") Instant verdictTimestamp,
        @JsonProperty("code") String code,
        @JsonProperty("reason") byte[] reason) {
    /** The DSSE payload type, that of every receipt. */
    public static final String TYPE = DeliveryReceipt.TYPE;
    /** The receiver takes what the message holds. */
    public static final String ACCEPTED = "accepted";
    /** The receiver cannot use it. */
    public static final String REJECTED = "rejected";

    /** The most bytes of a verdict's envelope: a reason of {@value VerdictFile#MOST_BYTES} bytes in base64 twice, and room. */
    public static final int MOST_ENVELOPE_BYTES = 48 * 1024;

    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");

    public Verdict {
        if (!isKind(kind)) {
            throw new IllegalArgumentException("Expected a verdict of the kind '" + ACCEPTED + "' or '" + REJECTED
                    + "', found '" + Printable.of(kind) + "'");
        }
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(senderId, "sender_id");
        Objects.requireNonNull(receiverClientId, "receiver_client_id");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        Objects.requireNonNull(contentHmac, "content_hmac");
        Objects.requireNonNull(verdictTimestamp, "verdict_timestamp");
        if (code != null) {
            requireCode(code);
        }
    }

    static boolean isKind(String kind) {
        return ACCEPTED.equals(kind) || REJECTED.equals(kind);
    }

    static String requireCode(String code) {
        if (!CODE.matcher(code).matches()) {
            throw new IllegalArgumentException(
                    "Expected a code of 1 to 32 letters, digits, dots, hyphens and underscores, found '"
                            + Printable.of(code) + "'");
        }
        return code;
    }
}
