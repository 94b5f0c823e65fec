package io.saddlebag.lab.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.PrintableString;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The reason why a file lies in {@code failed/}, as {@code <name>.reason.json} holds it.
 *
 * @param fileName as dropped
 * @param droppedIn the folder it lay in, relative to the home, or absolute outside it; null when it is not known
 * @param dropFolder the drop folder that holds that folder; null when it is the drop folder itself
 * @param messageId under which it was to travel; null when it had none yet
 * @param code in one word, see {@link Refusal.Code#text}
 * @param reason for people
 * @param faults the first faults of a content, by file, row and column; null where there are none
 * @param failedTimestamp UTC
 */
@JsonPropertyOrder({
    "file_name",
    "dropped_in",
    "drop_folder",
    "message_id",
    "code",
    "reason",
    "faults",
    "failed_timestamp"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
record FailureReason(
        @JsonProperty("file_name") @JsonSerialize(using = PrintableString.class)
        String fileName,

        @JsonProperty("dropped_in") @JsonSerialize(using = PrintableString.class)
        String droppedIn,

        @JsonProperty("drop_folder") @JsonSerialize(using = PrintableString.class)
        String dropFolder,

        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("code") String code,
        @JsonProperty("reason") String reason,
        @JsonProperty("faults") List<Refusal.Fault> faults,
        @JsonProperty("failed_timestamp") Instant failedTimestamp) {
    FailureReason {
        Objects.requireNonNull(fileName, "file_name");
    }

    static FailureReason of(
            String fileName, String droppedIn, MessageId messageId, Refusal refusal, Instant failedTimestamp) {
        return new FailureReason(
                fileName,
                droppedIn,
                null,
                messageId,
                refusal.code().text(),
                refusal.reason(),
                refusal.faults().isEmpty() ? null : refusal.faults(),
                failedTimestamp);
    }

    /** The same, of a file that lay in a folder below its drop folder. */
    FailureReason within(String folder) {
        return new FailureReason(fileName, droppedIn, folder, messageId, code, reason, faults, failedTimestamp);
    }

    /** The folder that the file may return to: never one below the drop folder, which somebody may have exchanged since. */
    String returnsTo() {
        return dropFolder == null ? droppedIn : dropFolder;
    }

    /** Empty when the file holds no reason any more, since somebody wrote into it. */
    static Optional<FailureReason> read(Path file) throws IOException {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file), FailureReason.class));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * True if a file holds the reason of the same drop, refused for the same: by the code, because the text may hold
     * the time.
     */
    boolean isOfSameDrop(Path reasonFile) throws IOException {
        return read(reasonFile)
                .filter(other -> fileName.equals(other.fileName)
                        && Objects.equals(droppedIn, other.droppedIn)
                        && Objects.equals(messageId, other.messageId)
                        && Objects.equals(code, other.code))
                .isPresent();
    }

    /** True if it was written after the message was claimed, for the message's file. */
    boolean isOf(OutgoingMessage message) {
        return message.messageId().equals(messageId)
                && message.claim().fileName().equals(fileName)
                && failedTimestamp != null
                && !failedTimestamp.isBefore(message.claim().sentTimestamp());
    }
}
