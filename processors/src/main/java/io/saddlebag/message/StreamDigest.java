package io.saddlebag.message;

import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * The SHA-256 of a stream that passes through. A long stream is digested on a thread of its own, so that the stream's
 * thread only copies; that takes half a megabyte of memory. A short stream is digested by the caller. For one thread,
 * which closes it.
 */
public final class StreamDigest implements AutoCloseable {
    /** The size from which a thread of its own is faster, in bytes. */
    private static final long LONG = 8 << 20;

    private static final int BUFFER = 128 * 1024;
    private static final int BUFFERS = 4;

    private final MessageDigest digest;
    private final BlockingQueue<Piece> empty;
    private final BlockingQueue<Piece> full;
    /** Null for a short stream. */
    private final Thread thread;

    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private static final class Piece {
        private final byte[] bytes = new byte[BUFFER];
        private int length;
    }

    /** @param expectedSize about how many bytes will pass */
    public StreamDigest(long expectedSize) {
        digest = Sha256.newDigest(expectedSize);
        if (expectedSize < LONG) {
            empty = null;
            full = null;
            thread = null;
            return;
        }
        empty = new ArrayBlockingQueue<>(BUFFERS);
        full = new ArrayBlockingQueue<>(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) {
            empty.add(new Piece());
        }
        thread = new Thread(this::run, "saddlebag-digest");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            for (Piece piece = full.take(); piece.length > 0; piece = full.take()) {
                digest.update(piece.bytes, 0, piece.length);
                empty.add(piece);
            }
            end.complete(null);
        } catch (InterruptedException | RuntimeException e) {
            end.completeExceptionally(e);
        }
    }

    /** The bytes may be overwritten once this has returned. */
    public void update(byte[] bytes, int offset, int length) throws InterruptedIOException {
        if (thread == null) {
            digest.update(bytes, offset, length);
            return;
        }
        for (int done = 0; done < length; done += BUFFER) {
            Piece piece = emptyOne();
            piece.length = Math.min(BUFFER, length - done);
            System.arraycopy(bytes, offset + done, piece.bytes, 0, piece.length);
            full.add(piece);
        }
    }

    private Piece emptyOne() throws InterruptedIOException {
        try {
            return empty.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a digest was computed");
        }
    }

    /** The digest of all bytes that passed; call it once, at the end. */
    public Sha256 sha256() throws InterruptedIOException {
        if (thread != null) {
            Piece last = emptyOne();
            last.length = 0;
            full.add(last);
            end.join();
        }
        return Sha256.ofDigest(digest.digest());
    }

    /** Ends its thread, if it has one; a second call does nothing. */
    @Override
    public void close() {
        if (thread != null && !end.isDone()) {
            thread.interrupt();
        }
    }
}
