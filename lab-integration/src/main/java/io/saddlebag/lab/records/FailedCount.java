package io.saddlebag.lab.records;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** How many files {@code failed/} holds. Lists the folder when it has changed and not else. For one thread. */
public final class FailedCount {
    private final Path folder;
    private FileTime changed;
    private long count;
    private Instant newest;

    public FailedCount(LabFolders folders) {
        this.folder = folders.failed().path();
    }

    /** Looks at the folder. Its newest file is the one whose reason was written last. */
    public FailedCount look() throws IOException {
        FileTime now = Files.getLastModifiedTime(folder);
        if (!now.equals(changed)) {
            try (Stream<Path> entries = Files.list(folder)) {
                take(entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                        .toList());
            }
            changed = now;
        }
        return this;
    }

    private void take(List<Path> entries) throws IOException {
        long reasons = 0;
        Instant last = null;
        for (Path entry : entries) {
            if (entry.getFileName().toString().endsWith(FailedFolder.REASON_SUFFIX)) {
                reasons++;
                Instant time = timeOf(entry);
                last = last == null || time.isAfter(last) ? time : last;
            }
        }
        count = entries.size() - reasons;
        newest = last;
    }

    /** A person may take files out meanwhile; the folder has changed then, and is listed again. */
    private static Instant timeOf(Path reason) throws IOException {
        try {
            return Files.getLastModifiedTime(reason).toInstant();
        } catch (NoSuchFileException e) {
            return Instant.EPOCH;
        }
    }

    public long count() {
        return count;
    }

    /** Null when there is none. */
    public Instant newest() {
        return newest;
    }
}
