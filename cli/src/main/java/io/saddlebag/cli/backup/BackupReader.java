package io.saddlebag.cli.backup;

import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Reads the members of a back-up in order, and proves at its end that each is as it was written. Until then a member is
 * what the file says. Memory is bounded. For one thread.
 */
final class BackupReader {
    private static final int HASH = 32;
    private static final int MOST_FACTS = 1 << 20;
    private static final int LONGEST_PATH = 64 << 10;

    private BackupReader() {}

    /** Takes the members; what it does not read of one is passed over. */
    interface Visitor {
        void begin(BackupFacts facts) throws IOException;

        void member(String path, int mode, long size, InputStream content) throws IOException;
    }

    /**
     * @return how many members it has, without the manifest
     * @throws IOException when it is no back-up, is cut short or was changed; says which member
     */
    static long read(InputStream in, Visitor visitor) throws IOException {
        Path temporary = Files.createTempFile("saddlebag-backup", null);
        // Digests of the lines alone: the names stay in the back-up.
        try (FileChannel found = FileChannel.open(
                        temporary,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new Unclosed(in), StandardCharsets.UTF_8.name())) {
            return read(tar, found, visitor);
        } catch (IllegalArgumentException e) {
            throw new IOException("expected a back-up, found none that can be read: " + e.getMessage(), e);
        }
    }

    private static long read(TarArchiveInputStream tar, FileChannel found, Visitor visitor) throws IOException {
        long members = 0;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            String path = entry.getName();
            if (path.equals(BackupWriter.MANIFEST)) {
                compare(found, tar, members);
                if (tar.getNextEntry() != null) {
                    throw new IOException("expected the manifest at the end of the back-up, found more behind it");
                }
                return members;
            }
            requireSafe(entry);
            MessageDigest digest = Sha256.newDigest();
            InputStream content = new DigestInputStream(new Unclosed(tar), digest);
            if (members == 0) {
                begin(path, content, visitor);
            } else {
                visitor.member(path, entry.getMode() & 0777, entry.getSize(), content);
            }
            content.transferTo(java.io.OutputStream.nullOutputStream());
            ByteBuffer line = ByteBuffer.wrap(hash(BackupWriter.line(Sha256.ofDigest(digest.digest()), path)));
            while (line.hasRemaining()) {
                found.write(line);
            }
            members++;
        }
        throw new IOException("expected the back-up whole, found its end before the manifest: it was cut short");
    }

    private static void begin(String path, InputStream content, Visitor visitor) throws IOException {
        if (!path.equals(BackupFacts.MEMBER)) {
            throw new IOException(
                    "expected a back-up that begins with " + BackupFacts.MEMBER + ", found " + Printable.of(path));
        }
        visitor.begin(Json.read(content.readNBytes(MOST_FACTS), BackupFacts.class));
    }

    /** Only regular files, below the folder that they are read into. */
    private static void requireSafe(TarArchiveEntry entry) throws IOException {
        requireInside(entry.getName());
        if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
            throw new IOException("expected files within the home, found " + Printable.of(entry.getName()));
        }
    }

    private static void requireInside(String name) throws IOException {
        Path path = Path.of(name);
        if (path.isAbsolute() || !path.equals(path.normalize()) || path.startsWith("..")) {
            throw new IOException("expected files within the home, found " + Printable.of(name));
        }
    }

    /** Takes each path of {@value BackupWriter#EMPTY_FOLDERS}. */
    static void folders(InputStream content, Folders folders) throws IOException {
        InputStream in = new BufferedInputStream(content);
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next != 0) {
                name.write(next);
            } else {
                String path = name.toString(StandardCharsets.UTF_8);
                requireInside(path);
                folders.take(path);
                name.reset();
            }
            if (name.size() > LONGEST_PATH) {
                throw new IOException("expected paths of at most " + LONGEST_PATH + " bytes, found a longer one");
            }
        }
    }

    /** Takes a folder without a file. */
    @FunctionalInterface
    interface Folders {
        void take(String path) throws IOException;
    }

    private static void compare(FileChannel found, InputStream manifest, long members) throws IOException {
        found.position(0);
        InputStream digests = Channels.newInputStream(found);
        BufferedReader lines = new BufferedReader(new InputStreamReader(manifest, StandardCharsets.UTF_8));
        long count = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!Arrays.equals(digests.readNBytes(HASH), hash(line))) {
                throw new IOException("expected " + Printable.of(line.substring(Math.min(line.length(), 66)))
                        + " as the manifest of the back-up has it, found another: the back-up was changed or damaged");
            }
            count++;
        }
        if (count != members) {
            throw new IOException("expected " + count + " members, as the manifest has them, found " + members);
        }
    }

    private static byte[] hash(String line) {
        return Sha256.newDigest().digest(line.getBytes(StandardCharsets.UTF_8));
    }

    /** The reader of a member does not end the back-up. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // The next member follows.
        }
    }
}
