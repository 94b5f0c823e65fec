package io.saddlebag.lab.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;

/**
 * Why a file lies in {@code failed/}: what stands in {@code <name>.reason.json} beside it.
 *
 * @param fileName as dropped
 * @param droppedIn the folder it lay in, relative to the home, or absolute outside it; null when it is not known
 * @param dropFolder the drop folder that holds that folder; null when it is the drop folder itself
 * @param messageId under which it was to travel; null when it had none yet
 * @param code in one word, see {@link Refusal.Code#text}
 * @param reason for people
 * @param failedTimestamp UTC
 */
@JsonPropertyOrder({"file_name", "dropped_in", "drop_folder", "message_id", "code", "reason", "failed_timestamp"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record FailureReason(
        @JsonProperty("file_name") String fileName,
        @JsonProperty("dropped_in") String droppedIn,
        @JsonProperty("drop_folder") String dropFolder,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("code") String code,
        @JsonProperty("reason") String reason,
        @JsonProperty("failed_timestamp") Instant failedTimestamp) {
    FailureReason {
        Objects.requireNonNull(fileName, "file_name");
    }

    static FailureReason of(
            String fileName, String droppedIn, MessageId messageId, Refusal refusal, Instant failedTimestamp) {
        return new FailureReason(
                fileName, droppedIn, null, messageId, refusal.code().text(), refusal.reason(), failedTimestamp);
    }

    /** Of a file that lay in a folder below its drop folder. */
    FailureReason within(String folder) {
        return new FailureReason(fileName, droppedIn, folder, messageId, code, reason, failedTimestamp);
    }

    /** Where the file may be put back: never a folder below the drop folder, which somebody may have exchanged since. */
    String returnsTo() {
        return dropFolder == null ? droppedIn : dropFolder;
    }

    /**
     * Whether the reason that stands there was written for the same drop, refused for the same: by the code, as the text may
     * hold the time.
     */
    boolean isOfSameDrop(Path reasonFile) throws IOException {
        try {
            FailureReason other = Json.read(Files.readAllBytes(reasonFile), FailureReason.class);
            return fileName.equals(other.fileName)
                    && Objects.equals(droppedIn, other.droppedIn)
                    && Objects.equals(messageId, other.messageId)
                    && Objects.equals(code, other.code);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
