package io.saddlebag.lab.scan;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Folders with many names that are hidden or no data. One that has no other name is not listed again before its modification
 * time changes, which every new name does; after a minute it is, since the clock of a file server may be coarse. Any other is
 * listed again after a pause of {@value #PAUSE_MICROS} µs a name, so that listing takes a small part of a core whatever
 * changes there. Remembers at most {@value #MOST} folders. For any number of threads.
 */
final class QuietFolders {
    /** From this many names on listing them costs more than it is worth. */
    static final int MANY = 1_000;

    static final int MOST = 1_000;
    /** Some 20 times what it takes to pass over a name. */
    private static final int PAUSE_MICROS = 20;

    private static final Duration AT_MOST = Duration.ofMinutes(1);

    private final Map<Object, Quiet> byKey = new LinkedHashMap<>();

    /**
     * @param again when it is listed again in any case
     * @param changed when it is listed again if it has changed
     */
    private record Quiet(FileTime modified, Instant again, Instant changed) {}

    /** @param folder its attributes as they are now */
    synchronized boolean isQuiet(BasicFileAttributes folder, Instant now) {
        Quiet quiet = byKey.get(folder.fileKey());
        return quiet != null
                && now.isBefore(quiet.modified().equals(folder.lastModifiedTime()) ? quiet.again() : quiet.changed());
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
        if (passedOver < MANY) {
            return;
        }
        Duration pause = Duration.ofNanos(1_000L * PAUSE_MICROS * passedOver);
        Instant changed = now.plus(pause.compareTo(AT_MOST) < 0 ? pause : AT_MOST);
        if (byKey.size() >= MOST) {
            byKey.remove(byKey.keySet().iterator().next());
        }
        byKey.put(
                before.fileKey(),
                new Quiet(before.lastModifiedTime(), others > 0 ? changed : now.plus(AT_MOST), changed));
    }
}
