package io.saddlebag.lab.message;

import io.saddlebag.check.CheckRun;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StreamDigest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * The size and digest of a file, or of a folder's tar, read as a stream.
 *
 * @param size in bytes
 * @param crc32 by which the same bytes are recognized when they are read once more
 */
public record ContentDigest(long size, Sha256 sha256, long crc32) {
    private static final int BUFFER = 128 * 1024;

    public static ContentDigest of(byte[] content) {
        CRC32 crc32 = new CRC32();
        crc32.update(content);
        return new ContentDigest(content.length, Sha256.of(content), crc32.getValue());
    }

    /**
     * Never follows a link.
     *
     * @throws Refusal when it is neither file nor folder, or cannot be read
     */
    public static ContentDigest of(Path file) throws IOException {
        try (InputStream in = FolderTar.open(file)) {
            return of(in, isFolder(file) ? Long.MAX_VALUE : Files.size(file));
        }
    }

    /**
     * As {@link #of(Path)}, of one that is compared with another.
     *
     * @param subject names it in the log when it takes long
     */
    public static ContentDigest of(Path file, String subject) throws IOException {
        long size = isFolder(file) ? ProgressLog.UNKNOWN : Files.size(file);
        try (InputStream in = new ProgressLog(subject, "comparing", size).counting(FolderTar.open(file))) {
            return of(in, size < 0 ? Long.MAX_VALUE : size);
        }
    }

    private static boolean isFolder(Path file) {
        return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** @param expected about how many bytes there are */
    public static ContentDigest of(InputStream in, long expected) throws IOException {
        return of(in, expected, CheckRun.NONE);
    }

    /**
     * As {@link #of(InputStream, long)}, with the checks of the content in the same pass.
     *
     * @throws io.saddlebag.message.Refusal {@code BAD_CONTENT} when a check finds a fault
     */
    public static ContentDigest of(InputStream in, long expected, CheckRun checks) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        CRC32 crc32 = new CRC32();
        try (StreamDigest digest = new StreamDigest(expected)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                crc32.update(buffer, 0, read);
                checks.update(buffer, 0, read);
                size += read;
            }
            checks.end();
            return new ContentDigest(size, digest.sha256(), crc32.getValue());
        }
    }

    /**
     * The same content, read once more. At its end it is compared by its size and CRC-32, which shows a file that
     * somebody still writes to; a second SHA-256 would cost forty times as much. The digest inside the seal names the
     * content that was digested, so a receiver refuses any other.
     *
     * @param named the message, for the refusal
     * @return its reads throw {@code BAD_FILE} when the content is another
     */
    public InputStream again(InputStream in, String named) {
        return new SameContent(in, named);
    }

    private final class SameContent extends FilterInputStream {
        private final String named;
        private final CRC32 found = new CRC32();
        private long passed;

        SameContent(InputStream in, String named) {
            super(in);
            this.named = named;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            if (read > 0) {
                passed += read;
                found.update(bytes, offset, read);
            }
            if (passed > size) {
                throw changed("more than its " + size + " bytes");
            }
            if (read < 0 && passed < size) {
                throw changed(passed + " bytes in place of " + size);
            }
            if (read < 0 && found.getValue() != crc32) {
                throw changed("other bytes");
            }
            return read;
        }

        @Override
        public long skip(long count) {
            throw new UnsupportedOperationException("Every byte is compared");
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private Refusal changed(String what) {
            return new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected the file of " + named + " to stay as it was when it was taken, found " + what
                            + ": it changed while it was read; drop it again when it is complete");
        }
    }
}
