package io.saddlebag.cli.where;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.List;

/**
 * The answer to a question of {@link WhereFinder}: each message that was found, with a timeline a recipient. Texts are not
 * trusted, print them as printable ones.
 *
 * @param messages by message_id
 * @param more whether more match
 * @param notes sentences on the places that were asked, such as one that does not run
 */
@JsonPropertyOrder({"messages", "more", "notes"})
public record Whereabouts(
        @JsonProperty("messages") List<Found> messages,
        @JsonProperty("more") boolean more,
        @JsonProperty("notes") List<String> notes) {
    /** Nothing was found. */
    public static final int UNKNOWN = 4;

    public Whereabouts {
        messages = List.copyOf(messages);
        notes = List.copyOf(notes);
    }

    /**
     * @param messageId null of a file that never became a message
     * @param fileName as dropped; null where only headquarters was asked, which does not know it
     * @param size of the content; null as the name
     * @param sha256 of the content; null as the name, and until it is sealed
     */
    @JsonPropertyOrder({"message_id", "sender_id", "file_name", "size", "sha256", "recipients"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Found(
            @JsonProperty("message_id") MessageId messageId,
            @JsonProperty("sender_id") SiteId senderId,
            @JsonProperty("file_name") String fileName,
            @JsonProperty("size") Long size,
            @JsonProperty("sha256") Sha256 sha256,
            @JsonProperty("recipients") List<Timeline> recipients) {
        public Found {
            recipients = List.copyOf(recipients);
        }

        private boolean isReceived() {
            return recipients.stream().allMatch(each -> each.state() == Timeline.State.RECEIVED);
        }

        private boolean isOver() {
            return recipients.stream().noneMatch(each -> each.state() == Timeline.State.UNDER_WAY);
        }
    }

    /** 0 when every recipient has every message that was found, {@value #UNKNOWN} when none was found, else 1. */
    public int exitCode() {
        if (messages.isEmpty()) {
            return UNKNOWN;
        }
        return messages.stream().allMatch(Found::isReceived) ? 0 : 1;
    }

    /** True when nothing of it is under way. */
    public boolean isOver() {
        return !messages.isEmpty() && messages.stream().allMatch(Found::isOver);
    }
}
