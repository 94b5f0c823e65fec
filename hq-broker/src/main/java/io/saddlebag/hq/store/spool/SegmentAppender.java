package io.saddlebag.hq.store.spool;

import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The segment that is written to: records are collected in memory and go out in large writes. After any failure it
 * takes nothing more, since the part of it that is on the disk is unknown. Guarded by the store's lock.
 */
final class SegmentAppender {
    private final SpoolFile file;
    private final FileChannel channel;
    private final ByteBuffer buffer;
    private long written;
    private volatile boolean failed;

    /** @param buffer reused from segment to segment */
    SegmentAppender(SpoolFile file, ByteBuffer buffer) throws IOException {
        this.file = file;
        this.buffer = buffer.clear();
        this.channel = FileChannel.open(
                file.path(), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Modes.PRIVATE_FILE);
    }

    SpoolFile file() {
        return file;
    }

    /** The segment's length, with what is still in memory. */
    long length() {
        return written + buffer.position();
    }

    boolean hasFailed() {
        return failed;
    }

    /** Appends a record; returns its offset. */
    long append(ByteBuffer head, byte[] rest) throws IOException {
        long offset = length();
        add(head);
        add(ByteBuffer.wrap(rest));
        return offset;
    }

    private void add(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > buffer.remaining()) {
            flush();
        }
        if (bytes.remaining() > buffer.capacity()) {
            write(bytes);
        } else {
            buffer.put(bytes);
        }
    }

    /** Hands what is in memory to the operating system. */
    void flush() throws IOException {
        buffer.flip();
        try {
            write(buffer);
        } finally {
            buffer.clear();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        try {
            PayloadRecord.writeFully(channel, bytes, written);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        written += count;
    }

    /**
     * Waits for the disk to hold what was handed to the operating system; needs no lock.
     *
     * @throws IOException also when anything went wrong before
     */
    void syncFlushed() throws IOException {
        if (failed) {
            throw new IOException("Writing " + file.path() + " failed");
        }
        try {
            channel.force(false);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    void close() throws IOException {
        channel.close();
    }
}
