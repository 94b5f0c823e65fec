package io.saddlebag.lab.records;

import io.saddlebag.files.FileTree;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.MessageId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Removes files with their reasons from {@code failed/}, by an operator's explicit wish alone: nothing else has their
 * content. The journal says so first, so that a removed file never counts as lost. For one thread.
 */
public final class FailedTidy {
    private static final String RETRIED = ".retried";

    private final Path failed;
    private final LabJournal journal;
    private final Clock clock;

    /** @param failed the folder */
    public FailedTidy(Path failed, LabJournal journal, Clock clock) {
        this.failed = failed;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * Goes through the folder, and through the reasons of files that were retried.
     *
     * @param wanted by the time when it failed and its message_id, which may be null
     * @param deletes whether files are deleted, or only told of
     * @param told hears of each file that is wanted, after it was deleted
     */
    public void run(BiPredicate<Instant, MessageId> wanted, boolean deletes, Consumer<TidyDecision> told)
            throws IOException {
        List<Path> files = new ArrayList<>(filesIn(failed));
        files.addAll(filesIn(failed.resolve(RETRIED)));
        for (Path file : files) {
            Path reasonFile = isReason(file) ? file : FailedFolder.reasonOf(file);
            boolean goesWithItsFile =
                    isReason(file) && Files.exists(RetryFailed.failedFile(file), LinkOption.NOFOLLOW_LINKS);
            if (goesWithItsFile || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            Optional<FailureReason> reason =
                    Files.exists(reasonFile) ? FailureReason.read(reasonFile) : Optional.empty();
            Instant since = reason.map(FailureReason::failedTimestamp).orElse(changed(file));
            MessageId messageId = reason.map(FailureReason::messageId).orElse(null);
            if (wanted.test(since, messageId)) {
                TidyDecision decision = new TidyDecision(file, messageId, size(file), since, null);
                told.accept(deletes ? delete(decision, reason, reasonFile) : decision);
            }
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    folder, file -> !file.getFileName().toString().startsWith("."))) {
                files.forEach(found::add);
            }
        }
        return found;
    }

    private static boolean isReason(Path file) {
        return file.getFileName().toString().endsWith(FailedFolder.REASON_SUFFIX);
    }

    /** When it came there: a moved file keeps the time of its last write. */
    private static Instant changed(Path file) throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant();
    }

    private static long size(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
    }

    private TidyDecision delete(TidyDecision decision, Optional<FailureReason> reason, Path reasonFile) {
        reason.filter(each -> each.messageId() != null)
                .flatMap(each -> journal.find(each.messageId()).filter(each::isOf))
                .filter(message -> message.state() == OutgoingMessage.State.FAILED)
                .ifPresent(message -> journal.forEach(
                        List.of(message.number()),
                        "UPDATE message SET tidied_time = '" + clock.instant() + "' WHERE number = ?"));
        try {
            if (Files.isDirectory(decision.file(), LinkOption.NOFOLLOW_LINKS)) {
                FileTree.delete(decision.file());
            } else {
                Files.deleteIfExists(decision.file());
            }
            Files.deleteIfExists(reasonFile);
            return decision;
        } catch (IOException e) {
            return decision.staying("it cannot be deleted: " + FaultText.of(e));
        }
    }
}
