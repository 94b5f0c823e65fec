package io.saddlebag.rc;

import io.saddlebag.folder.AtomicFiles;
import io.saddlebag.message.MessageId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code work/}: files that are being opened, which do not outlive the process, and the parts of deliveries that are
 * under way ({@link PartsFile}), which do. For any number of threads.
 */
final class WorkFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);
    private static final String OPENED = "arrival-";
    private static final String PARTS = ".parts";

    private final Path folder;
    private final Duration partsAge;
    private final Clock clock;
    private final AtomicLong counter = new AtomicLong();

    private WorkFolder(Path folder, Duration partsAge, Clock clock) {
        this.folder = folder;
        this.partsAge = partsAge;
        this.clock = clock;
    }

    /** @param partsAge for how long the parts of a delivery are kept that does not go on */
    static WorkFolder open(Path folder, Duration partsAge, Clock clock) throws IOException {
        AtomicFiles.createFolders(folder);
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
        return new WorkFolder(folder, partsAge, clock);
    }

    Path folder() {
        return folder;
    }

    /** A name that nothing has. */
    Path newFile(String kind) {
        return folder.resolve(OPENED + counter.incrementAndGet() + "." + kind);
    }

    /** Where the parts of a queue's message are. */
    Path partsFile(String queue, MessageId messageId) {
        return folder.resolve(queue + "." + messageId + PARTS);
    }

    /** Of each message that parts are kept of, the first one that is lacking. What cannot be gone on with is deleted. */
    Map<MessageId, Integer> lackingParts(String queue) throws IOException {
        Map<MessageId, Integer> lacking = new TreeMap<>();
        Instant oldest = clock.instant().minus(partsAge);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, queue + ".*" + PARTS)) {
            for (Path file : files) {
                MessageId messageId = messageId(queue, file.getFileName().toString());
                if (messageId == null) {
                    continue;
                }
                PartsFile parts = PartsFile.reopen(file);
                boolean isOld = Files.getLastModifiedTime(file).toInstant().isBefore(oldest);
                if (parts == null || parts.lacking() == 1 || isOld) {
                    Files.deleteIfExists(file);
                } else {
                    lacking.put(messageId, parts.lacking());
                }
            }
        }
        return lacking;
    }

    /** Null when it is another queue's whose name begins the same. */
    private static MessageId messageId(String queue, String fileName) {
        try {
            return MessageId.of(fileName.substring(queue.length() + 1, fileName.length() - PARTS.length()));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
