package io.saddlebag.rc.work;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The size of a {@link PartsFile} while it grows, so that another thread can read behind the parts. The thread that writes
 * the parts never waits.
 */
public final class GrowingParts {
    /** The interval at which a waiting reader checks that parts still come. */
    private static final long LOOK_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final Path file;
    private final long offset;
    private long size;
    private boolean whole;
    private boolean abandoned;

    /** @param offset where in the file the sealed message begins */
    GrowingParts(Path file, long offset) {
        this.file = file;
        this.offset = offset;
    }

    /**
     * A part was written.
     *
     * @param from its position in the sealed message. When it is not the end of the part before, bytes that were read may
     *     have changed, so that these parts are abandoned
     * @param isLast true of the last part
     */
    public synchronized void grow(long from, long length, boolean isLast) {
        abandoned |= from != size;
        size = from + length;
        whole = isLast;
        notifyAll();
    }

    /** From now on every read fails. */
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    synchronized boolean isAbandoned() {
        return abandoned;
    }

    /**
     * The sealed message from its start; a read waits for the part that it needs, and fails once this is abandoned. For
     * one thread, which closes it.
     *
     * @param isOver called while a read waits; true when no part will come, and then the read fails
     */
    public InputStream follow(BooleanSupplier isOver) throws IOException {
        return new Follower(SealedSource.behind(file, offset), isOver);
    }

    /** The number of bytes behind the position, at least one; 0 at the end of the message. */
    private synchronized long await(long position, BooleanSupplier isOver) throws IOException {
        try {
            while (!abandoned && !whole && size <= position) {
                wait(LOOK_MILLIS);
                if (!whole && size <= position && isOver.getAsBoolean()) {
                    abandoned = true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for a part");
        }
        if (abandoned) {
            throw new IOException("Expected the parts of " + file + " to come in one after the other, found that they"
                    + " came otherwise or come no more");
        }
        return size - position;
    }

    private final class Follower extends InputStream {
        private final InputStream in;
        private final BooleanSupplier isOver;
        private long position;

        Follower(InputStream in, BooleanSupplier isOver) {
            this.in = in;
            this.isOver = isOver;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            long there = await(position, isOver);
            if (there <= 0) {
                return -1;
            }
            int read = in.read(bytes, from, (int) Math.min(length, there));
            position += Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
