package io.saddlebag.lab.records;

import io.saddlebag.files.NumberedName;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Finds the refusal of a claimed message whose file was moved to {@code failed/} before a crash, and its row was not. */
final class RefusedBefore {
    private final Path failed;

    RefusedBefore(Path failed) {
        this.failed = Objects.requireNonNull(failed, "failed");
    }

    /** The reason that lies beside the message's file; one of an earlier claim under the same id does not count. */
    Optional<FailureReason> of(OutgoingMessage message) throws IOException {
        String name = LabFolders.keptName(message.claim().fileName());
        for (int copy = 1; ; copy++) {
            Path kept = NumberedName.of(failed, name, copy);
            Path reason = kept.resolveSibling(kept.getFileName() + LabFolders.REASON_SUFFIX);
            if (!Files.exists(reason, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            Optional<FailureReason> found = read(reason).filter(each -> isOf(message, each));
            if (found.isPresent() && Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
                return found;
            }
        }
    }

    private static boolean isOf(OutgoingMessage message, FailureReason reason) {
        return message.messageId().equals(reason.messageId())
                && message.claim().fileName().equals(reason.fileName())
                && reason.failedTimestamp() != null
                && !reason.failedTimestamp().isBefore(message.claim().sentTimestamp());
    }

    private static Optional<FailureReason> read(Path file) throws IOException {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file), FailureReason.class));
        } catch (IllegalArgumentException e) {
            // Somebody wrote into it; it says nothing any more.
            return Optional.empty();
        }
    }

    /** Records what the crash left out. */
    static void settle(LabJournal journal, OutgoingMessage message, FailureReason refused) {
        String reason = refused.code() + ": " + refused.reason();
        if (Refusal.Code.CONFLICT.text().equals(refused.code())) {
            journal.conflicted(message, reason, refused.failedTimestamp());
        } else {
            journal.failed(message.number(), reason, refused.failedTimestamp());
        }
    }
}
