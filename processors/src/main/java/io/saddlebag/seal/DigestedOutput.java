package io.saddlebag.seal;

import io.saddlebag.message.Sha256;
import io.saddlebag.message.StreamDigest;
import java.io.IOException;
import java.io.OutputStream;

/** Counts and digests what passes to a stream that stays open when this one is closed. */
final class DigestedOutput extends OutputStream {
    private final OutputStream out;
    private final StreamDigest digest;
    private long size;

    /** @param expectedSize about how many bytes will pass */
    DigestedOutput(OutputStream out, long expectedSize) {
        this.out = out;
        this.digest = new StreamDigest(expectedSize);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        digest.update(bytes, offset, length);
        size += length;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        digest.close();
        out.flush();
    }

    long size() {
        return size;
    }

    /** Once, at the end. */
    Sha256 sha256() throws IOException {
        return digest.sha256();
    }
}
