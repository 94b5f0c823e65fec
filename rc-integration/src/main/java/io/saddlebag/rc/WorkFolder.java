package io.saddlebag.rc;

import io.saddlebag.folder.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code work/}: sealed messages of several parts and files that are being opened. Nothing in it outlives the process:
 * what was not acknowledged is delivered again from its first part, so leftovers of a crash are removed at start.
 */
final class WorkFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);

    private final Path folder;
    private final AtomicLong counter = new AtomicLong();

    private WorkFolder(Path folder) {
        this.folder = folder;
    }

    static WorkFolder open(Path folder) throws IOException {
        AtomicFiles.createFolders(folder);
        int removed = 0;
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, "arrival-*")) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
                removed++;
            }
        }
        if (removed > 0) {
            LOG.info("{}: removed {} unfinished files of the run before; they are delivered again", folder, removed);
        }
        return new WorkFolder(folder);
    }

    /** A name that nothing has. */
    Path newFile(String kind) {
        return folder.resolve("arrival-" + counter.incrementAndGet() + "." + kind);
    }
}
