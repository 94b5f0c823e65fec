package io.saddlebag.hq.store.spool;

import io.saddlebag.files.Presence;
import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the spool's space, on a thread of its own. A file without live records is deleted. A full segment with few live
 * records is copied without its dead ones, each record at its old offset in a file with holes.
 */
final class SpoolCleaner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolCleaner.class);
    private static final long WORTHWHILE_BYTES = 1 << 20;
    private static final long END_SECONDS = 30;
    private static final long IDLE_MILLIS = 250;
    /** Where a queue drains, what is mostly dead now will be dead altogether then, and need not be copied. */
    private static final long COPY_MILLIS = 1_000;

    private final ConcurrentMap<Long, SpoolFile> files;
    private final ReadChannels channels;
    private final Object lock;
    private final Presence presence;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "spool-cleaner"));

    /**
     * @param files of the spool, by number; those that are deleted are taken out
     * @param lock guards what a file says of itself
     * @param presence of the spool's disk: without it nothing is deleted or copied
     */
    SpoolCleaner(ConcurrentMap<Long, SpoolFile> files, ReadChannels channels, Object lock, Presence presence) {
        this.files = files;
        this.channels = channels;
        this.lock = lock;
        this.presence = presence;
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Deletes a file that no appender writes to, or copies it later, when it is due. The caller holds the lock. */
    void clean(SpoolFile file) {
        if (file.isFinished()) {
            thread.execute(() -> cleanNow(file));
        } else if (file.isMostlyDead(WORTHWHILE_BYTES) && file.plansCopy()) {
            thread.schedule(() -> copyNow(file), COPY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void copyNow(SpoolFile file) {
        synchronized (lock) {
            file.copyBegins();
        }
        cleanNow(file);
    }

    /** The sums over all files. */
    SpoolBytes bytes() {
        long live = 0;
        long all = 0;
        synchronized (lock) {
            for (SpoolFile file : files.values()) {
                live += file.liveBytes();
                all += file.occupiedBytes();
            }
        }
        return new SpoolBytes(live, all - live);
    }

    /** Runs the action on the cleaner's thread once there was time for more to come. */
    void afterAWhile(Runnable action) {
        thread.schedule(action, IDLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** On the calling thread. */
    void cleanNow(SpoolFile file) {
        try {
            if (!deleteIfFinished(file) && isMostlyDead(file)) {
                compact(file);
            }
        } catch (IOException e) {
            LOG.error("spool file={} cannot be cleaned: {}", file.path(), FaultText.of(e));
        }
    }

    /** Returns whether nothing in the file was live. */
    boolean deleteIfFinished(SpoolFile file) throws IOException {
        synchronized (lock) {
            if (!file.isFinished()) {
                return false;
            }
        }
        presence.require();
        if (files.remove(file.number(), file)) {
            channels.forget(file.number());
            Files.deleteIfExists(file.path());
        }
        return true;
    }

    private boolean isMostlyDead(SpoolFile file) {
        synchronized (lock) {
            return file.isMostlyDead(WORTHWHILE_BYTES);
        }
    }

    /** Copies the live records, each at its old offset; durable at return. */
    void compact(SpoolFile file) throws IOException {
        presence.require();
        long[][] live;
        synchronized (lock) {
            live = file.live();
        }
        long copied = copy(file.path(), live);
        channels.forget(file.number());
        synchronized (lock) {
            file.compacted(copied);
        }
        LOG.info("spool file={} copied with its {} live records, {} bytes", file.path(), live.length, copied);
    }

    /**
     * Replaces a file by a copy that holds some ranges of it at the same offsets, with holes between them. The copy is
     * synced before it takes the file's name, so that a crash leaves one or the other, whole.
     *
     * @param ranges offset and length of each
     * @return how many bytes were copied
     */
    private static long copy(Path file, long[][] ranges) throws IOException {
        Path work = SpoolFolder.work(file);
        Files.deleteIfExists(work);
        long copied = 0;
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(
                        work,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE),
                        Modes.PRIVATE_FILE)) {
            for (long[] range : ranges) {
                copy(from, to, range[0], range[1]);
                copied += range[1];
            }
            to.force(true);
        }
        Files.move(work, file, StandardCopyOption.ATOMIC_MOVE);
        SpoolFolder.sync(file.getParent());
        return copied;
    }

    private static void copy(FileChannel from, FileChannel to, long offset, long length) throws IOException {
        long done = 0;
        while (done < length) {
            long count = from.transferTo(offset + done, length - done, to.position(offset + done));
            if (count <= 0) {
                throw new IOException("Expected " + (length - done) + " more bytes at " + (offset + done));
            }
            done += count;
        }
    }

    /** Ends what was begun; nothing that was to come later. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("spool cleaner did not end within {} s", END_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
