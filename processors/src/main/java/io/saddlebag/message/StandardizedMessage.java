package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Instant;
import java.util.Objects;

/**
 * The standardized file that a centre writes next to each payload, {@code <message_id>.message.json}; docs/formats.md
 * describes it. Written once everything in it has been verified.
 *
 * @param content the text itself, base64, or the payload's file name, as {@code contentEncoding} says
 * @param contentEncoding {@value #UTF_8}, {@value #BASE64} or {@value #FILE}
 * @param size of the content, in bytes
 * @param sha256 of the content
 * @param receiverClientId the centre that wrote this
 * @param routingKey under which it came; null when the manifest does not name what headquarters said
 * @param receivedTimestamp when the centre had it whole and verified, UTC
 * @param payloadFile the payload's name, in the same folder
 * @param fileName as the sender dropped it; not to be trusted as a path
 * @param manifestSha256 of the signed manifest's JSON bytes
 * @param sealedSha256 of the sealed message
 * @param senderFingerprint SHA-256 of the key (SubjectPublicKeyInfo) whose signature was verified
 * @param networkId SHA-256 fingerprint of the CA certificate
 * @param keyId which of the centre's keys it was sealed for
 * @param contentHmac as the delivery receipt says it, so that it can be signed again
 * @param seq counts the sender's messages to this centre
 * @param folder when the payload is a folder: what it holds; size and sha256 are then those of the tar that came
 */
@JsonPropertyOrder({
    "message_id",
    "sender_id",
    "sent_timestamp",
    "content",
    "content_encoding",
    "content_type",
    "size",
    "sha256",
    "receiver_client_id",
    "routing_key",
    "received_timestamp",
    "payload_file",
    "file_name",
    "manifest_sha256",
    "sealed_sha256",
    "sender_fingerprint",
    "network_id",
    "key_id",
    "content_hmac",
    "seq",
    "replaces",
    "folder"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StandardizedMessage(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("sent_timestamp") Instant sentTimestamp,
        @JsonProperty("content") String content,
        @JsonProperty("content_encoding") String contentEncoding,

        @JsonProperty("content_type") @JsonSerialize(using = PrintableString.class)
        String contentType,

        @JsonProperty("size") long size,
        @JsonProperty("sha256") Sha256 sha256,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,

        @JsonProperty("routing_key") @JsonSerialize(using = PrintableString.class)
        String routingKey,

        @JsonProperty("received_timestamp") Instant receivedTimestamp,
        @JsonProperty("payload_file") String payloadFile,

        @JsonProperty("file_name") @JsonSerialize(using = PrintableString.class)
        String fileName,

        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("sealed_sha256") Sha256 sealedSha256,
        @JsonProperty("sender_fingerprint") Sha256 senderFingerprint,
        @JsonProperty("network_id") Sha256 networkId,

        @JsonProperty("key_id") @JsonSerialize(using = PrintableString.class)
        String keyId,

        @JsonProperty("content_hmac") Sha256 contentHmac,
        @JsonProperty("seq") long seq,
        @JsonProperty("folder") FolderFacts folder) {
    public static final String UTF_8 = "utf-8";
    public static final String BASE64 = "base64";
    public static final String FILE = "file";

    public StandardizedMessage {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(senderId, "sender_id");
        Objects.requireNonNull(sentTimestamp, "sent_timestamp");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(contentEncoding, "content_encoding");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(receivedTimestamp, "received_timestamp");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        Objects.requireNonNull(contentHmac, "content_hmac");
    }

    /** The message that this one corrects, for a message_id that ends in {@code _r2} or higher; null for any other. */
    @JsonProperty("replaces")
    public MessageId replaces() {
        return messageId.replaces().orElse(null);
    }
}
