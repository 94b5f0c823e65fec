package io.saddlebag.lab.scan;

import io.saddlebag.message.Printable;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which markers ({@code .ready}, {@code .bagit}) count. One that lay without its file for a settle time belongs to
 * a file that is gone: it says nothing of the next file of that name, which may be half written. Nor does one that is
 * older than its file. Each is named once; a marker that is touched again is a new one. Remembers at most {@value
 * #MOST}. For one thread at a time.
 */
final class ReadyMarkers {
    static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(ReadyMarkers.class);
    /**
     * The most by which a marker may be older than its file: file servers round times, and some programs make both
     * together.
     */
    private static final Duration OLDER = Duration.ofSeconds(2);

    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final Duration settleTime;
    private final Map<Path, Marker> known = new HashMap<>();

    /** A marker that does not count, or lies without its file. */
    private static final class Marker {
        private final Object inode;
        private final FileTime modified;
        private final Instant since;
        private Instant seen;
        private boolean counts = true;

        Marker(BasicFileAttributes attributes, Instant now) {
            inode = attributes.fileKey();
            modified = attributes.lastModifiedTime();
            since = now;
            seen = now;
        }

        boolean isOf(BasicFileAttributes attributes) {
            return Objects.equals(inode, attributes.fileKey()) && modified.equals(attributes.lastModifiedTime());
        }
    }

    ReadyMarkers(Duration settleTime) {
        this.settleTime = settleTime;
    }

    /**
     * A marker was listed.
     *
     * @param hasFile whether the marked file lies in the same folder
     */
    void met(Path marker, BasicFileAttributes attributes, boolean hasFile, Instant now) {
        Marker before = find(marker, attributes, now);
        if (hasFile && before != null && before.counts) {
            known.remove(marker);
        } else if (!hasFile && before == null) {
            remember(marker, new Marker(attributes, now), now);
        } else if (!hasFile && before.counts && !now.isBefore(before.since.plus(settleTime))) {
            before.counts = false;
            LOG.warn(
                    "{}: a marker without its file, left from a file that was taken before, or misnamed. It does not count"
                            + " for a file that comes later: delete it, or touch it when that file is complete",
                    Printable.of(marker.toString()));
        }
    }

    /**
     * @param attributes of the marker; null when there is none
     * @param modified when the file, or the newest in a folder, was last written to
     */
    boolean counts(Path marker, BasicFileAttributes attributes, FileTime modified, Instant now) {
        if (attributes == null) {
            return false;
        }
        Marker before = find(marker, attributes, now);
        if (before != null && !before.counts) {
            return false;
        }
        FileTime made = attributes.lastModifiedTime();
        boolean isOlder = made.toInstant().plus(OLDER).isBefore(modified.toInstant());
        if (isOlder) {
            Marker older = new Marker(attributes, now);
            older.counts = false;
            remember(marker, older, now);
            LOG.warn(
                    "{}: expected a marker made after its file, found one of {} for a file of {}. It does not count: touch it"
                            + " again when the file is complete; without it the file is taken after the settle time",
                    Printable.of(marker.toString()),
                    made,
                    modified);
        }
        return !isOlder;
    }

    /** Null when it was touched or made anew since. */
    private Marker find(Path path, BasicFileAttributes attributes, Instant now) {
        Marker marker = known.get(path);
        if (marker != null && !marker.isOf(attributes)) {
            known.remove(path);
            return null;
        }
        if (marker != null) {
            marker.seen = now;
        }
        return marker;
    }

    private void remember(Path path, Marker marker, Instant now) {
        if (known.size() >= MOST) {
            known.values().removeIf(each -> each.seen.plus(FORGOTTEN_AFTER).isBefore(now));
        }
        if (known.size() < MOST) {
            known.put(path, marker);
        }
    }
}
