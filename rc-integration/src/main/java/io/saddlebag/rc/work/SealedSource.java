package io.saddlebag.rc.work;

import io.saddlebag.message.Sha256;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A whole sealed message: the end of its frame's body, or the end of a file in the work folder when it came in several
 * parts.
 *
 * @param bytes null when it is a file
 * @param offset where it begins
 * @param file null when it is in memory
 * @param size in bytes
 * @param sha256 of the message, when it was digested as it came; null otherwise
 */
public record SealedSource(byte[] bytes, long offset, Path file, long size, Sha256 sha256) {
    private static final int BUFFER = 64 * 1024;

    public static SealedSource inMemory(byte[] bytes, int offset) {
        return new SealedSource(bytes, offset, null, (long) bytes.length - offset, null);
    }

    /** From the start; may be called several times. */
    public InputStream open() throws IOException {
        if (file == null) {
            return new ByteArrayInputStream(bytes, (int) offset, (int) size);
        }
        return new BufferedInputStream(behind(file, offset), BUFFER);
    }

    /** A file from this position on. */
    static InputStream behind(Path file, long offset) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            in.skipNBytes(offset);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    public void discard() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
