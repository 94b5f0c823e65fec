package io.saddlebag.lab.claim;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies from other file systems, on threads of their own: a call to a share that vanished, or to a pipe, may never
 * return. At most {@value #MOST} threads hang so; whoever waits for one gives up when it makes no progress.
 */
final class CopyThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyThreads.class);
    private static final int MOST = 2;
    /** The number of looks for progress within the patience of a waiting caller. */
    private static final int LOOKS = 10;

    private final Duration patience;
    private final ThreadPoolExecutor threads;
    private final AtomicBoolean isSaid = new AtomicBoolean();

    /** Copies, and says so now and then. */
    @FunctionalInterface
    interface Copy {
        void run(Progress progress) throws IOException;
    }

    /** The progress of a copy; one writer, one reader. */
    static final class Progress {
        private volatile long last = System.nanoTime();
        private volatile boolean isStarted;
        private volatile boolean isGivenUp;

        /** @throws InterruptedIOException when nobody waits for the copy any more */
        void made() throws InterruptedIOException {
            last = System.nanoTime();
            if (isGivenUp) {
                throw new InterruptedIOException("given up, it made no progress for long");
            }
        }
    }

    CopyThreads(Duration patience) {
        this.patience = patience;
        this.threads = new ThreadPoolExecutor(MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "saddlebag-copy");
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Waits until the copy is made.
     *
     * @param whenLate runs when a copy that was given up ends after all
     * @throws NotTakenException when it makes no progress; it is under way still
     * @throws IOException from the copy, or because all threads hang
     */
    void run(Path file, Copy copy, Runnable whenLate) throws IOException {
        Progress progress = new Progress();
        Future<?> running = threads.submit(() -> {
            progress.isStarted = true;
            progress.made();
            try {
                copy.run(progress);
            } finally {
                if (progress.isGivenUp) {
                    isSaid.set(false);
                    whenLate.run();
                }
            }
            return null;
        });
        try {
            await(running, progress, file);
        } catch (InterruptedException e) {
            progress.isGivenUp = true;
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + file + " was copied");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        }
    }

    private void await(Future<?> running, Progress progress, Path file)
            throws IOException, InterruptedException, ExecutionException {
        while (true) {
            try {
                running.get(Math.max(1, patience.toNanos() / LOOKS), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - progress.last > patience.toNanos()) {
                    progress.isGivenUp = true;
                    sayOnce(file);
                    if (!progress.isStarted && running.cancel(false)) {
                        throw new FileSystemException(file.toString(), null, "all threads that copy hang");
                    }
                    throw new NotTakenException(
                            NotTakenException.Kind.COPY_HANGS,
                            file.toString(),
                            "its copy made no progress for " + patience.toSeconds() + " s");
                }
            }
        }
    }

    private void sayOnce(Path file) {
        if (isSaid.compareAndSet(false, true)) {
            LOG.warn(
                    "{}: expected a copy to go on, found no progress for {} s. Look whether its disk or share answers;"
                            + " at most {} copies hang at a time",
                    file,
                    patience.toSeconds(),
                    MOST);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
