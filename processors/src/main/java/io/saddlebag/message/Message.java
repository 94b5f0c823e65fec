package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The line of JSON inside the seal, before the bytes of the dropped file. Only the recipients can read it.
 *
 * @param messageId the id under which it travels
 * @param senderId the site that dropped it
 * @param sentTimestamp when the sender took the file, UTC
 * @param contentEncoding always {@value #ATTACHED}: the content follows the line
 * @param fileName the name as dropped, without folders; not trusted by the receiver
 * @param contentType an IANA media type such as {@code text/csv}
 * @param size of the content, in bytes
 * @param sha256 of the content
 * @param receiptSecret with which receipts are proved and refusals explained
 * @param folder when the content is a folder, as a tar of the kind that docs/formats.md describes; null for a file
 * @param ended earlier messages of the sender that do not come any more, at most {@value #MAX_ENDED}; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "message_id",
    "sender_id",
    "sent_timestamp",
    "content_encoding",
    "file_name",
    "content_type",
    "size",
    "sha256",
    "receipt_secret",
    "folder",
    "ended"
})
public record Message(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("sent_timestamp") Instant sentTimestamp,
        @JsonProperty("content_encoding") String contentEncoding,
        @JsonProperty("file_name") String fileName,
        @JsonProperty("content_type") String contentType,
        @JsonProperty("size") long size,
        @JsonProperty("sha256") Sha256 sha256,
        @JsonProperty("receipt_secret") ReceiptSecret receiptSecret,
        @JsonProperty("folder") FolderFacts folder,
        @JsonProperty("ended") List<Ended> ended) {
    public static final String ATTACHED = "attached";
    /** The media type of a folder. */
    public static final String TAR = "application/x-tar";
    /** The most earlier messages of which one message says that they ended. */
    public static final int MAX_ENDED = 64;

    /**
     * An earlier message of the sender that does not come any more.
     *
     * @param recipient to whom it was sent
     * @param seq its count among the sender's messages to that recipient
     * @param how {@value #FAILED}, or as headquarters told the sender, see {@link DeliveryOutcome}
     */
    @JsonPropertyOrder({"id", "seq", "how"})
    public record Ended(
            @JsonProperty("id") SiteId recipient,
            @JsonProperty("seq") long seq,
            @JsonProperty("how") String how) {
        /** Headquarters never took it, and its sender gave it up. */
        public static final String FAILED = "failed";

        public Ended {
            Objects.requireNonNull(recipient, "ended id");
            Objects.requireNonNull(how, "ended how");
        }
    }

    /** One file. */
    public Message(
            MessageId messageId,
            SiteId senderId,
            Instant sentTimestamp,
            String contentEncoding,
            String fileName,
            String contentType,
            long size,
            Sha256 sha256,
            ReceiptSecret receiptSecret) {
        this(
                messageId,
                senderId,
                sentTimestamp,
                contentEncoding,
                fileName,
                contentType,
                size,
                sha256,
                receiptSecret,
                null,
                null);
    }

    public Message {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(senderId, "sender_id");
        Objects.requireNonNull(sentTimestamp, "sent_timestamp");
        Objects.requireNonNull(fileName, "file_name");
        Objects.requireNonNull(contentType, "content_type");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(receiptSecret, "receipt_secret");
        if (!ATTACHED.equals(contentEncoding)) {
            throw new IllegalArgumentException("Expected content_encoding 'attached', found '"
                    + Printable.of(contentEncoding) + "'; is the sender newer than this site?");
        }
        if (size < 0) {
            throw new IllegalArgumentException("Expected a size of 0 or more bytes, found " + size);
        }
        ended = ended == null ? null : List.copyOf(ended);
        if (ended != null && ended.size() > MAX_ENDED) {
            throw new IllegalArgumentException(
                    "Expected at most " + MAX_ENDED + " messages that ended, found " + ended.size());
        }
    }

    /** The earlier messages to that recipient that do not come any more. */
    public List<Ended> endedFor(SiteId recipient) {
        return ended == null
                ? List.of()
                : ended.stream()
                        .filter(each -> each.recipient().equals(recipient))
                        .toList();
    }
}
