package io.saddlebag.lab.scan;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Folders with many names that a pass found to be hidden or no data, all of them. Such a folder is not listed again before
 * its modification time changes, which every new name does; after a minute it is, since the clock of a file server may be
 * coarse. Remembers at most {@value #MOST} folders. For any number of threads.
 */
final class QuietFolders {
    /** From this many names on listing them costs more than it is worth. */
    static final int MANY = 1_000;

    static final int MOST = 1_000;
    private static final Duration AT_MOST = Duration.ofMinutes(1);

    private final Map<Object, Quiet> byKey = new LinkedHashMap<>();

    private record Quiet(FileTime modified, Instant listed) {}

    /** @param folder its attributes as they are now */
    synchronized boolean isQuiet(BasicFileAttributes folder, Instant now) {
        Quiet quiet = byKey.get(folder.fileKey());
        return quiet != null
                && quiet.modified().equals(folder.lastModifiedTime())
                && now.isBefore(quiet.listed().plus(AT_MOST));
    }

    /**
     * A pass through a folder has ended.
     *
     * @param before its attributes when the pass began
     * @param passedOver how many names were hidden or no data
     * @param others how many were not
     */
    synchronized void listed(BasicFileAttributes before, int passedOver, int others, Instant now) {
        byKey.remove(before.fileKey());
        if (others > 0 || passedOver < MANY) {
            return;
        }
        if (byKey.size() >= MOST) {
            byKey.remove(byKey.keySet().iterator().next());
        }
        byKey.put(before.fileKey(), new Quiet(before.lastModifiedTime(), now));
    }
}
