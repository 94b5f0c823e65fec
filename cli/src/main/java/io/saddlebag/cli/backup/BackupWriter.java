package io.saddlebag.cli.backup;

import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes the members of a back-up as a POSIX tar. The last one, {@value #MANIFEST}, has the digest of each other, as
 * {@code sha256sum} writes it. Memory is bounded, whatever the number of members. For one thread.
 */
final class BackupWriter implements AutoCloseable {
    static final String MANIFEST = "SHA256SUMS";
    /** Paths of folders without a file, each with a NUL behind it. Absent when there are none. */
    static final String EMPTY_FOLDERS = "EMPTY-FOLDERS";

    private static final int BUFFER = 64 << 10;

    private final TarArchiveOutputStream tar;
    private final Scratch sums;
    private final Scratch folders;
    private long members;
    private long bytes;
    private long closed;
    private String firstClosed;

    /** @param scratch a folder for the digests until the end, of no other back-up */
    BackupWriter(OutputStream out, Path scratch) throws IOException {
        tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        sums = Scratch.in(scratch.resolve(".backup-sums"));
        folders = Scratch.in(scratch.resolve(".backup-folders"));
    }

    /** Lines that come at the end of the tar. */
    private record Scratch(Path file, FileChannel channel) implements AutoCloseable {
        static Scratch in(Path file) throws IOException {
            Files.deleteIfExists(file);
            return new Scratch(
                    file,
                    FileChannel.open(
                            file,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ),
                            Modes.PRIVATE_FILE));
        }

        void add(String text) throws IOException {
            Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.UTF_8));
        }

        InputStream begin() throws IOException {
            channel.position(0);
            return Channels.newInputStream(channel);
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }

    /** A folder in which no member is. */
    void addEmptyFolder(String path) throws IOException {
        folders.add(path + "\0");
    }

    void add(String path, int mode, byte[] content) throws IOException {
        add(path, mode, content.length, new ByteArrayInputStream(content));
    }

    /** @throws IOException when the content is shorter than its size; what is longer is left out */
    void add(String path, int mode, long size, InputStream content) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        put(path, mode, size, new DigestInputStream(content, digest));
        String line = line(Sha256.ofDigest(digest.digest()), path);
        sums.add(line + "\n");
        members++;
        bytes += size;
    }

    /** As sha256sum writes it: a name with an end of line or a backslash is escaped, and the line says so. */
    static String line(Sha256 sha256, String path) {
        String escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(path) ? "" : "\\") + sha256 + "  " + escaped;
    }

    private void put(String path, int mode, long size, InputStream content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_NORMAL);
        entry.setSize(size);
        entry.setMode(mode);
        entry.setUserId(0);
        entry.setGroupId(0);
        tar.putArchiveEntry(entry);
        byte[] buffer = new byte[BUFFER];
        long left = size;
        while (left > 0) {
            int read = content.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new IOException(path + ": expected " + size + " bytes, found " + (size - left)
                        + ". It became shorter while it was read");
            }
            tar.write(buffer, 0, read);
            left -= read;
        }
        tar.closeArchiveEntry();
    }

    /** Writes the manifest and the end of the tar. Without it the back-up is none. */
    void finish() throws IOException {
        if (folders.channel().size() > 0) {
            add(EMPTY_FOLDERS, 0600, folders.channel().size(), folders.begin());
        }
        put(MANIFEST, 0600, sums.channel().size(), sums.begin());
        tar.finish();
        tar.flush();
    }

    /** Notes a file that is closed to this process, and not in the back-up. */
    void leaveOut(String path) {
        closed++;
        firstClosed = firstClosed == null ? path : firstClosed;
    }

    /** How many files were closed to this process. */
    long closed() {
        return closed;
    }

    /** Null when there is none. */
    String firstClosed() {
        return firstClosed;
    }

    /** How many members there are, without the manifest. */
    long members() {
        return members;
    }

    /** The size of their contents. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        try (sums) {
            folders.close();
        }
    }
}
