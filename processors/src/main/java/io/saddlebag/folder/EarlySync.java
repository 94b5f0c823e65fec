package io.saddlebag.folder;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.concurrent.Semaphore;

/**
 * Writes a file and, of a long one, brings what is written to the disk meanwhile on a thread of its own, so that the sync
 * at its end has little left to do. For one thread, which calls {@link #finish} before that sync, and closes it.
 */
public final class EarlySync extends OutputStream {
    /** From one sync to the next, in bytes. */
    private static final long STEP = 32L << 20;

    private final OutputStream out;
    private final Sync sync;
    private final Semaphore steps = new Semaphore(0);
    private long sinceStep;
    private Thread thread;
    private volatile boolean ended;
    /** A failed sync is told once: the one at the end would know nothing of it. */
    private volatile IOException failure;

    /** Brings what was written by then to the disk. */
    @FunctionalInterface
    interface Sync {
        void run() throws IOException;
    }

    EarlySync(OutputStream out, Sync sync) {
        this.out = out;
        this.sync = sync;
    }

    /** Of a file that the caller closes, after this. */
    public static EarlySync of(FileChannel channel) {
        return new EarlySync(Channels.newOutputStream(channel), () -> channel.force(false));
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        sinceStep += length;
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

    private void run() {
        try {
            for (steps.acquireUninterruptibly(); !ended; steps.acquireUninterruptibly()) {
                steps.drainPermits();
                sync.run();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /**
     * Waits for the sync that is under way and begins no more.
     *
     * @throws IOException when one has failed: what was written may be lost
     */
    public void finish() throws IOException {
        ended = true;
        if (thread == null) {
            return;
        }
        steps.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a file was brought to the disk");
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Ends its thread, if it has one; what it writes to is the caller's. */
    @Override
    public void close() {
        ended = true;
        steps.release();
    }
}
