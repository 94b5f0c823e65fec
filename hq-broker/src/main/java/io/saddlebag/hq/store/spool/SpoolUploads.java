package io.saddlebag.hq.store.spool;

import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads of this run, at most one to a file; closed ones can be resumed. The uploads that a site leaves behind are
 * bounded, on the disk and in memory. Guarded by the store's lock.
 */
final class SpoolUploads {
    /** The most files that a site may leave unfilled; one more discards its oldest. */
    static final int LEFT_BY_A_SITE = 256;
    /** The most closed uploads whose end is known; the others are read again. */
    static final int KEPT_CLOSED = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SpoolUploads.class);

    private final SpoolFolder folder;
    /** The newest last. */
    private final Map<Path, SpoolUpload> open = new LinkedHashMap<>();

    SpoolUploads(SpoolFolder folder) {
        this.folder = folder;
    }

    /**
     * Opens an upload or resumes it; a connection that had it open loses it. The caller begins it, outside the lock.
     */
    SpoolUpload open(SiteId sender, String name, byte[] manifest, long bodySize, SpoolUpload.Completion completion)
            throws IOException {
        Path path = folder.upload(sender, name);
        if (!Files.exists(path)) {
            giveUpOldest(sender);
        }
        SpoolUpload before = open.remove(path);
        SpoolUpload upload = new SpoolUpload(path, manifest, bodySize, completion);
        if (before != null) {
            upload.takeOver(before);
        }
        open.put(path, upload);
        forgetClosed();
        return upload;
    }

    private void giveUpOldest(SiteId sender) throws IOException {
        List<Path> left = folder.uploads(sender);
        left.removeIf(this::isOpen);
        while (left.size() >= LEFT_BY_A_SITE) {
            Path oldest = Collections.min(
                    left, Comparator.comparingLong(path -> path.toFile().lastModified()));
            LOG.info("{} left {} unfinished uploads: the oldest is given up", sender, left.size());
            left.remove(oldest);
            open.remove(oldest);
            Files.delete(oldest);
        }
    }

    /** The bytes of the files that a site has left unfilled. */
    long leftBy(SiteId sender) throws IOException {
        long bytes = 0;
        for (Path path : folder.uploads(sender)) {
            bytes += isOpen(path) ? 0 : path.toFile().length();
        }
        return bytes;
    }

    private boolean isOpen(Path path) {
        SpoolUpload upload = open.get(path);
        return upload != null && upload.isOpen();
    }

    private void forgetClosed() {
        List<SpoolUpload> closed = new ArrayList<>(open.values());
        closed.removeIf(SpoolUpload::isOpen);
        for (SpoolUpload oldest : closed.subList(0, Math.max(0, closed.size() - KEPT_CLOSED))) {
            open.values().remove(oldest);
            if (oldest.hasFailed()) {
                // Read again it would look whole, and the sync at its end would know nothing of the one that failed.
                oldest.discard();
            }
        }
    }

    /** How many of this run are known, open or closed. */
    int known() {
        return open.size();
    }

    void forget(Path path) {
        open.remove(path);
    }

    /**
     * Gives up those that no connection fills. The caller deletes their files, outside the lock: see {@link
     * SpoolFolder#giveUp}.
     */
    int giveUp(Predicate<Instant> lastPart) throws IOException {
        List<Path> standing = folder.uploads();
        open.entrySet().removeIf(each -> !each.getValue().isOpen() && !standing.contains(each.getKey()));
        int givenUp = 0;
        for (Path path : standing) {
            if (!isOpen(path) && lastPart.test(Files.getLastModifiedTime(path).toInstant())) {
                open.remove(path);
                folder.giveUp(path);
                givenUp++;
            }
        }
        return givenUp;
    }

    void close() {
        open.values().forEach(SpoolUpload::close);
    }
}
