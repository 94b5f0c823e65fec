package io.saddlebag.rc.work;

import io.saddlebag.clock.Durations;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.message.MessageId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code work/}: opened files, which do not outlive the process, and the parts of deliveries in flight ({@link PartsFile}),
 * which do. For any number of threads.
 */
public final class WorkFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);
    private static final String OPENED = "arrival-";
    private static final String PARTS = ".parts";

    private final Path folder;
    private final Presence presence;
    private final Duration partsAge;
    private final RunningTime time;
    private final AtomicLong counter = new AtomicLong();

    /** The parts file of a message. */
    private record Kept(Path file, String queue, MessageId messageId, Instant modified) {}

    private WorkFolder(Path folder, Presence presence, Duration partsAge, RunningTime time) {
        this.presence = presence;
        this.folder = folder;
        this.partsAge = partsAge;
        this.time = time;
    }

    /**
     * @param presence of the folder's disk: without it nothing is written or deleted here
     * @param partsAge the time for which the parts of a delivery that broke off are kept
     */
    public static WorkFolder open(Path folder, Presence presence, Duration partsAge, RunningTime time)
            throws IOException {
        AtomicFiles.createPrivateFolder(folder);
        AtomicFiles.removeUnfinished(folder);
        int removed = 0;
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, OPENED + "*")) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
                removed++;
            }
        }
        if (removed > 0) {
            LOG.info("{}: removed {} unfinished files of the run before; they are opened again", folder, removed);
        }
        return new WorkFolder(folder, presence, partsAge, time);
    }

    public Path folder() {
        return folder;
    }

    /** A new name. */
    public Path newFile() throws StoreAwayException {
        presence.require();
        return folder.resolve(OPENED + counter.incrementAndGet() + ".opened");
    }

    /** The path of the parts of a queue's message. */
    public Path partsFile(String queue, MessageId messageId) {
        return folder.resolve(queue + "." + messageId + PARTS);
    }

    /**
     * The first part that is lacking of each message of the queue with kept parts; the message that broke off last comes
     * first. Deletes parts that cannot be resumed, and parts of any queue that are too old: their queue may have no route.
     *
     * @param isComing whether parts come into a file now
     */
    public Map<MessageId, Integer> lackingParts(String queue, Predicate<Path> isComing) throws IOException {
        presence.require();
        List<Kept> kept = new ArrayList<>();
        FileTree.forEach(folder, file -> {
            Kept parts = file.toString().endsWith(PARTS) ? kept(file) : null;
            if (parts != null) {
                if (time.isOlder(parts.modified(), partsAge)) {
                    Files.deleteIfExists(file);
                    LOG.info("{}: removed, for it has not gone on for {}", file, Durations.text(partsAge));
                } else if (parts.queue().equals(queue)) {
                    kept.add(parts);
                }
            }
        });
        kept.sort(Comparator.comparing(Kept::modified).reversed());
        Map<MessageId, Integer> lacking = new LinkedHashMap<>();
        for (Kept each : kept) {
            PartsFile parts = PartsFile.reopen(each.file());
            if (parts == null || parts.lacking() == 1) {
                if (isComing.test(each.file())) {
                    continue;
                }
                Files.deleteIfExists(each.file());
            } else {
                lacking.put(each.messageId(), parts.lacking());
            }
        }
        return lacking;
    }

    /** Null when it is another file or gone meanwhile. */
    private static Kept kept(Path file) throws IOException {
        String name = file.getFileName().toString();
        String named = name.substring(0, name.length() - PARTS.length());
        int dot = named.lastIndexOf('.');
        if (dot < 0 || !MessageId.isOne(named.substring(dot + 1))) {
            return null;
        }
        try {
            return new Kept(
                    file,
                    named.substring(0, dot),
                    MessageId.of(named.substring(dot + 1)),
                    Files.getLastModifiedTime(file).toInstant());
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
