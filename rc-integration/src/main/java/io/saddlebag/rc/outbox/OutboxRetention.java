package io.saddlebag.rc.outbox;

import io.saddlebag.clock.Durations;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.files.FileTree;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The time for which messages stay in an outbox. A message is deleted with all of its files, some time after its reader made
 * {@code <message_id>.done}, or some time after its arrival, read or unread. That time must have passed by the wall clock
 * and by running time.
 *
 * @param afterDone null: the reader's marker removes nothing
 * @param afterArrival null: age removes nothing
 */
public record OutboxRetention(Duration afterDone, Duration afterArrival) {
    /** The most messages of one call; the others have their turn later. */
    static final int MOST = 1000;

    /** The centre's records. */
    @FunctionalInterface
    public interface Arrivals {
        /** The time when the message was published in this outbox; null for an unknown message, which is left alone. */
        Instant of(MessageId messageId) throws IOException;
    }

    public boolean isForEver() {
        return afterDone == null && afterArrival == null;
    }

    /** The messages of a sender that are due, each with the reason for the log, at most {@value #MOST}. */
    public Map<MessageId, String> due(Outbox outbox, SiteId sender, Arrivals arrivals, RunningTime time)
            throws IOException {
        Map<MessageId, String> due = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(outbox.folder(sender))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Optional<MessageId> id = OutboxNames.messageId(sender, name);
                // The whole name: a payload's may end like a marker.
                boolean isDone = isDue(entry, afterDone, time)
                        && id.map(OutboxNames::done).filter(name::equals).isPresent();
                if (!isDone && !isDue(entry, afterArrival, time)) {
                    continue;
                }
                Instant arrived = id.isEmpty() || due.containsKey(id.get()) ? null : arrivals.of(id.get());
                if (arrived != null && (isDone || time.isOlder(arrived, afterArrival))) {
                    due.put(
                            id.get(),
                            isDone ? "its reader is done with it" : "it is older than " + Durations.text(afterArrival));
                }
                if (due.size() >= MOST) {
                    break;
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        return due;
    }

    private static boolean isDue(Path entry, Duration after, RunningTime time) throws IOException {
        if (after == null) {
            return false;
        }
        try {
            Instant modified =
                    Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).toInstant();
            return time.isOlder(modified, after);
        } catch (NoSuchFileException e) {
            // A reader took it away meanwhile.
            return false;
        }
    }

    /**
     * Deletes all files of the messages: ready marker and standardized file first, the reader's marker last. After a crash in
     * between, the next call deletes the rest. When a file cannot be deleted, the rest of its message waits for the next call
     * and the other messages are deleted.
     *
     * @return the messages with files left, each with the fault
     */
    public static Map<MessageId, IOException> delete(Outbox outbox, SiteId sender, Set<MessageId> messages)
            throws IOException {
        return delete(outbox, sender, messages, false);
    }

    /** @param keepsVerdicts whether a reader's verdict stays, which is yet to be taken */
    public static Map<MessageId, IOException> delete(
            Outbox outbox, SiteId sender, Set<MessageId> messages, boolean keepsVerdicts) throws IOException {
        record Due(MessageId messageId, Path file) {}
        List<Due> files = new ArrayList<>();
        FileTree.forEach(outbox.folder(sender), entry -> OutboxNames.messageId(
                        sender, entry.getFileName().toString())
                .filter(messages::contains)
                .filter(id -> !keepsVerdicts
                        || VerdictFiles.said(sender, entry.getFileName().toString())
                                .isEmpty())
                .ifPresent(messageId -> files.add(new Due(messageId, entry))));
        files.sort(Comparator.comparingInt(due -> turn(due.file())));
        Map<MessageId, IOException> failures = new TreeMap<>();
        for (Due due : files) {
            if (!failures.containsKey(due.messageId())) {
                try {
                    outbox.folders().delete(due.file());
                } catch (IOException e) {
                    failures.put(due.messageId(), e);
                }
            }
        }
        return failures;
    }

    private static int turn(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(OutboxNames.READY_SUFFIX)) {
            return 0;
        }
        if (name.endsWith(OutboxNames.STANDARDIZED_SUFFIX)) {
            return 1;
        }
        return name.endsWith(OutboxNames.DONE_SUFFIX) ? 3 : 2;
    }
}
