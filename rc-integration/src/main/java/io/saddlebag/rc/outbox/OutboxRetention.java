package io.saddlebag.rc.outbox;

import io.saddlebag.clock.RunningTime;
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
 * How long messages stay in an outbox. A message goes with all of its files: when its reader has put
 * {@code <message_id>.done} beside it so long ago, or when it arrived so long ago, whoever did or did not read it. So
 * long ago by the wall clock and by running time.
 *
 * @param afterDone null: the reader's word removes nothing
 * @param afterArrival null: age removes nothing
 */
public record OutboxRetention(Duration afterDone, Duration afterArrival) {
    /** Everything stays until somebody takes it. */
    public static final OutboxRetention FOR_EVER = new OutboxRetention(null, null);

    /** At most so many messages at a time; the others have their turn later. */
    static final int MOST = 1000;

    /** What the centre's records say. */
    @FunctionalInterface
    public interface Arrivals {
        /** When the message was published in this outbox; null when nobody knows of it, and it is left alone. */
        Instant of(MessageId messageId) throws IOException;
    }

    public boolean isForEver() {
        return afterDone == null && afterArrival == null;
    }

    /** The messages of a sender that may go now, each with the reason for the log, at most {@value #MOST}. */
    public Map<MessageId, String> due(Outbox outbox, SiteId sender, Arrivals arrivals, RunningTime time)
            throws IOException {
        Map<MessageId, String> due = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(outbox.folder(sender))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Optional<MessageId> id = OutboxNames.messageId(sender, name);
                // The whole name: a payload may end as the mark does, and is nobody's word.
                boolean isDone = isDue(entry, afterDone, time)
                        && id.map(OutboxNames::done).filter(name::equals).isPresent();
                if (!isDone && !isDue(entry, afterArrival, time)) {
                    continue;
                }
                Instant arrived = id.isEmpty() || due.containsKey(id.get()) ? null : arrivals.of(id.get());
                if (arrived != null && (isDone || time.isOlder(arrived, afterArrival))) {
                    due.put(id.get(), isDone ? "its reader is done with it" : "it is older than " + afterArrival);
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
            // Its reader took it away meanwhile.
            return false;
        }
    }

    /**
     * Deletes all files of the messages; those that say that a message is there go first, the reader's word last, so that
     * after a crash in between the rest goes with the next call. So does the rest of a message of which something cannot
     * be deleted; the others are deleted all the same.
     *
     * @return the messages of which something is left, each with what was in the way
     */
    public static Map<MessageId, IOException> delete(Outbox outbox, SiteId sender, Set<MessageId> messages)
            throws IOException {
        record Due(MessageId messageId, Path file) {}
        List<Due> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(outbox.folder(sender))) {
            for (Path entry : entries) {
                OutboxNames.messageId(sender, entry.getFileName().toString())
                        .filter(messages::contains)
                        .ifPresent(messageId -> files.add(new Due(messageId, entry)));
            }
        }
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
        if (name.endsWith(OutboxNames.FACTS_SUFFIX)) {
            return 1;
        }
        return name.endsWith(OutboxNames.DONE_SUFFIX) ? 3 : 2;
    }
}
