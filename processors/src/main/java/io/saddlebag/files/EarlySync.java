package io.saddlebag.files;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;

/**
 * Syncs a long file on a thread of its own while it is written, so that the sync at its end has little left to do. For
 * one thread, which reports what it {@link #wrote}, calls {@link #finish} before that sync, and closes this before the
 * file.
 */
public final class EarlySync implements AutoCloseable {
    /** From one sync to the next, in bytes. */
    private static final long STEP = 32L << 20;

    private final Sync sync;
    private final Semaphore steps = new Semaphore(0);
    private long sinceStep;
    private Thread thread;
    private volatile boolean ended;
    /** The kernel reports a failed sync once, so that a later sync would succeed. */
    private volatile IOException failure;

    /** Syncs the bytes written so far. */
    @FunctionalInterface
    public interface Sync {
        void run() throws IOException;
    }

    public EarlySync(Sync sync) {
        this.sync = sync;
    }

    /** Counts bytes that were written since the last call. */
    public void wrote(long bytes) {
        sinceStep += bytes;
        if (sinceStep >= STEP) {
            sinceStep = 0;
            if (thread == null) {
                thread = new Thread(this::run, "saddlebag-early-sync");
                thread.setDaemon(true);
                thread.start();
            }
            steps.release();
        }
    }

    /** A stream to the file that reports the bytes it wrote. */
    public OutputStream through(OutputStream file) {
        return new FilterOutputStream(file) {
            @Override
            public void write(int one) throws IOException {
                out.write(one);
                wrote(1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                wrote(length);
            }
        };
    }

    private void run() {
        try {
            for (steps.acquireUninterruptibly(); !ended; steps.acquireUninterruptibly()) {
                steps.drainPermits();
                sync.run();
            }
        } catch (ClosedChannelException e) {
            // The file was given up meanwhile. The next sync by its next user reports the fault.
            ended = true;
        } catch (IOException e) {
            failure = e;
        }
    }

    /** True when a sync has failed: the written bytes may be lost, even if a later sync succeeds. */
    public boolean hasFailed() {
        return failure != null;
    }

    /** @throws IOException when one {@link #hasFailed} */
    public void requireNoFailure() throws IOException {
        if (hasFailed()) {
            throw failure;
        }
    }

    /**
     * Waits for the running sync and starts no further one.
     *
     * @throws IOException as {@link #requireNoFailure}
     */
    public void finish() throws IOException {
        ended = true;
        if (thread != null) {
            steps.release();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while a file was brought to the disk");
            }
        }
        requireNoFailure();
    }

    /** Starts no further sync and does not wait. */
    @Override
    public void close() {
        ended = true;
        steps.release();
    }
}
