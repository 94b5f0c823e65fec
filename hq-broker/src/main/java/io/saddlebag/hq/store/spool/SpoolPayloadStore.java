package io.saddlebag.hq.store.spool;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.Presence;
import io.saddlebag.hq.store.NewestPayloads;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.ReconciledPayloads;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Payloads in spool files: those of one part are appended to segments, one of several parts has a file of its own. A
 * file without live records is deleted. A full segment with few live records is copied without its dead ones. Each
 * record keeps its offset in a file with holes, so that every reference stays valid.
 */
public final class SpoolPayloadStore implements ReconciledPayloads {
    /** A segment is full at this length, in bytes. */
    public static final long SEGMENT_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(SpoolPayloadStore.class);
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int OPEN_FILES = 64;
    private static final long NEWEST_BYTES = 16L << 20;

    private final SpoolFolder folder;
    private final long segmentBytes;
    private final ConcurrentMap<Long, SpoolFile> files = new ConcurrentHashMap<>();
    private final SpoolUploads uploads;
    private final NewestPayloads newest = new NewestPayloads(NEWEST_BYTES);
    private final ReadChannels channels = new ReadChannels(OPEN_FILES);
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final List<SegmentAppender> unsynced = new ArrayList<>();
    private final SpoolCleaner cleaner;
    private final Presence presence;
    /** Held while the disk is waited for, which needs the segments open; taken before the store's own lock. */
    private final Object syncing = new Object();

    /** Asked once a group. */
    private boolean isThere;

    private long lastNumber;
    private SegmentAppender appender;

    /**
     * @param presence of the disk that the folder lies on: without it nothing is put or deleted
     * @throws IOException when another process uses the folder, or it cannot be read
     */
    public SpoolPayloadStore(Path folder, Presence presence) throws IOException {
        this(folder, SEGMENT_BYTES, presence);
    }

    SpoolPayloadStore(Path folder, long segmentBytes, Presence presence) throws IOException {
        this.presence = presence;
        this.cleaner = new SpoolCleaner(files, channels, this, presence);
        this.folder = new SpoolFolder(folder);
        this.uploads = new SpoolUploads(this.folder);
        this.segmentBytes = segmentBytes;
        this.lastNumber = this.folder.reservedNumber();
        for (SpoolFile file : this.folder.files()) {
            file.seal();
            files.put(file.number(), file);
            lastNumber = Math.max(lastNumber, file.number());
        }
    }

    @Override
    public synchronized PayloadRef put(byte[] sealed, int manifestLength) throws IOException {
        int bodyLength = sealed.length - manifestLength;
        if (bodyLength > Manifest.PART_SIZE) {
            throw new IllegalArgumentException(
                    "Expected at most " + Manifest.PART_SIZE + " bytes in one part, found " + bodyLength);
        }
        if (!isThere) {
            presence.require();
            isThere = true;
        }
        SegmentAppender segment = openSegment();
        long offset = segment.append(PayloadRecord.head(sealed, manifestLength), sealed);
        PayloadRef ref = new PayloadRef(segment.file().number(), offset, manifestLength, bodyLength);
        segment.file().add(offset, PayloadRecord.length(ref));
        newest.add(ref, sealed);
        return ref;
    }

    private SegmentAppender openSegment() throws IOException {
        if (appender != null && (appender.hasFailed() || appender.length() >= segmentBytes)) {
            retireSegment();
        }
        if (appender == null) {
            long number = nextNumber();
            SpoolFile file = new SpoolFile(number, folder.segment(number), false);
            appender = new SegmentAppender(file, buffer);
            files.put(file.number(), file);
            unsynced.add(appender);
            folder.sync();
            Failpoint.HQ_SEGMENT_CREATED.reached();
        }
        return appender;
    }

    private long nextNumber() throws IOException {
        folder.reserve(lastNumber + 1);
        return ++lastNumber;
    }

    private void retireSegment() throws IOException {
        SegmentAppender full = appender;
        appender = null;
        full.file().seal();
        full.flush();
    }

    @Override
    public void sync() throws IOException {
        synchronized (syncing) {
            syncUnsynced();
        }
    }

    private void syncUnsynced() throws IOException {
        List<SegmentAppender> segments;
        synchronized (this) {
            segments = List.copyOf(unsynced);
            isThere = false;
            if (appender != null && !appender.hasFailed()) {
                flushQuietly(appender);
            }
        }
        // The disk is waited for without the lock, so that readers go on meanwhile.
        IOException failure = null;
        for (SegmentAppender segment : segments) {
            try {
                segment.syncFlushed();
            } catch (IOException e) {
                failure = e;
            }
        }
        synchronized (this) {
            segments.forEach(this::afterSync);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void flushQuietly(SegmentAppender segment) {
        try {
            segment.flush();
        } catch (IOException e) {
            LOG.error("spool file={} cannot be written: {}", segment.file().path(), FaultText.of(e));
        }
    }

    /** A segment that is full is done with; one that failed is never appended to again, a second sync would hide the loss. */
    private void afterSync(SegmentAppender segment) {
        if (segment == appender && !segment.hasFailed()) {
            return;
        }
        appender = segment == appender ? null : appender;
        segment.file().seal();
        unsynced.remove(segment);
        closeQuietly(segment);
        clean(segment.file());
    }

    private static void closeQuietly(SegmentAppender segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.warn("spool file={} did not close: {}", segment.file().path(), FaultText.of(e));
        }
    }

    @Override
    public Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize)
            throws IOException {
        SpoolUpload upload;
        synchronized (this) {
            presence.require();
            upload = uploads.open(sender, id + "." + manifestSha256, manifest, bodySize, this::take);
        }
        upload.begin();
        return upload;
    }

    private synchronized PayloadRef take(Path upload, PayloadRef ref) throws IOException {
        presence.require();
        uploads.forget(upload);
        long number = nextNumber();
        Path path = folder.payload(number);
        Files.move(upload, path, StandardCopyOption.ATOMIC_MOVE);
        Failpoint.HQ_UPLOAD_RENAMED.reached();
        folder.sync();
        SpoolFile file = new SpoolFile(number, path, true);
        file.add(0, PayloadRecord.length(ref));
        file.seal();
        files.put(number, file);
        return new PayloadRef(number, 0, ref.manifestLength(), ref.bodyLength());
    }

    @Override
    public synchronized long leftBy(SiteId sender) throws IOException {
        presence.require();
        return uploads.leftBy(sender);
    }

    @Override
    public int discardUploads(Predicate<Instant> lastPart) throws IOException {
        int discarded;
        synchronized (this) {
            presence.require();
            discarded = uploads.giveUp(lastPart);
        }
        folder.deleteGivenUp();
        return discarded;
    }

    public SpoolBytes bytes() {
        return cleaner.bytes();
    }

    @Override
    public byte[] manifest(PayloadRef ref) throws IOException {
        byte[] kept = newest.get(ref);
        return kept != null
                ? Arrays.copyOf(kept, ref.manifestLength())
                : reading(ref, channel -> PayloadRecord.readManifest(channel, ref));
    }

    @Override
    public byte[] part(PayloadRef ref, int part, boolean withManifest) throws IOException {
        byte[] kept = part == 1 && withManifest ? newest.get(ref) : null;
        return kept != null ? kept : ReconciledPayloads.super.part(ref, part, withManifest);
    }

    @Override
    public void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException {
        byte[] kept = newest.get(ref);
        if (kept != null) {
            int from = ref.manifestLength() + (int) Math.min(offset, ref.bodyLength());
            into.put(kept, from, Math.min(into.remaining(), kept.length - from));
            return;
        }
        reading(ref, channel -> {
            PayloadRecord.read(channel, ref, offset, into);
            return null;
        });
    }

    private <T> T reading(PayloadRef ref, ReadChannels.Reading<T> reading) throws IOException {
        SpoolFile file = files.get(ref.file());
        if (file == null || !isReadable(file, ref)) {
            throw new NoSuchFileException("No payload at " + ref + "; it was dropped");
        }
        try {
            return channels.with(ref.file(), file.path(), reading);
        } catch (IOException e) {
            presence.require();
            throw e;
        }
    }

    private synchronized boolean isReadable(SpoolFile file, PayloadRef ref) throws IOException {
        if (appender != null && appender.file() == file) {
            appender.flush();
        }
        return file.isLive(ref.offset());
    }

    @Override
    public synchronized void drop(PayloadRef ref) {
        newest.remove(ref);
        SpoolFile file = files.get(ref.file());
        if (file == null || !file.drop(ref.offset())) {
            return;
        }
        if (appender != null && appender.file() == file && !file.hasLive()) {
            SegmentAppender idle = appender;
            long length = idle.length();
            cleaner.afterAWhile(() -> deleteIdle(idle, length));
        } else {
            clean(file);
        }
    }

    /** The open segment goes too when all in it is dead and nothing was put for a while. */
    private void deleteIdle(SegmentAppender idle, long length) {
        synchronized (syncing) {
            synchronized (this) {
                if (idle == appender && idle.length() == length && !idle.file().hasLive()) {
                    appender = null;
                    idle.file().seal();
                    unsynced.remove(idle);
                    closeQuietly(idle);
                    cleaner.cleanNow(idle.file());
                }
            }
        }
    }

    /** Call it once no appender writes to the file. */
    private void clean(SpoolFile file) {
        if (unsynced.stream().noneMatch(segment -> segment.file() == file)) {
            cleaner.clean(file);
        }
    }

    @Override
    public synchronized boolean restore(PayloadRef ref) throws IOException {
        lastNumber = Math.max(lastNumber, ref.file());
        SpoolFile file = files.get(ref.file());
        if (file == null || file.sizeAtStart() < ref.offset() + PayloadRecord.length(ref)) {
            return false;
        }
        file.add(ref.offset(), PayloadRecord.length(ref));
        return true;
    }

    @Override
    public List<PayloadRef> renew(Collection<PayloadRef> refs) throws IOException {
        List<PayloadRef> broken = new ArrayList<>();
        Set<SpoolFile> segments = new HashSet<>();
        for (PayloadRef ref : refs) {
            SpoolFile file = files.get(ref.file());
            if (!isWhole(ref)) {
                broken.add(ref);
                drop(ref);
            } else if (!file.isOfOnePayload()) {
                segments.add(file);
            }
        }
        for (SpoolFile segment : segments) {
            cleaner.compact(segment);
        }
        return broken;
    }

    private boolean isWhole(PayloadRef ref) {
        try {
            return reading(ref, channel -> {
                PayloadRecord.check(channel, ref);
                return true;
            });
        } catch (IOException e) {
            LOG.warn("spool payload {} is not whole: {}", ref, FaultText.of(e));
            return false;
        }
    }

    @Override
    public int freeOthers() throws IOException {
        presence.require();
        int freed = 0;
        for (SpoolFile file : List.copyOf(files.values())) {
            if (cleaner.deleteIfFinished(file)) {
                freed++;
            } else {
                synchronized (this) {
                    file.occupies(Files.size(file.path()));
                    clean(file);
                }
            }
        }
        return freed;
    }

    @Override
    public void close() {
        try {
            sync();
        } catch (IOException e) {
            LOG.warn("spool did not sync at its end: {}", FaultText.of(e));
        }
        synchronized (this) {
            uploads.close();
            if (appender != null) {
                closeQuietly(appender);
            }
        }
        cleaner.close();
        channels.close();
        folder.close();
    }
}
