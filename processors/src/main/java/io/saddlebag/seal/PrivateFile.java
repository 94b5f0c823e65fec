package io.saddlebag.seal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** A file that only its owner reads and writes (mode 0600, or 0400). */
final class PrivateFile {
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final int MAX_SIZE = 1 << 16;

    private PrivateFile() {}

    static byte[] read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "expected a file with a private key");
        }
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
        if (!OWNER.containsAll(found)) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "expected a private key that only its owner may read (rw-------), found "
                            + PosixFilePermissions.toString(found) + "; run: chmod 600 " + file);
        }
        long size = Files.size(file);
        if (size > MAX_SIZE) {
            throw new FileSystemException(
                    file.toString(), null, "expected at most " + MAX_SIZE + " bytes of keys, found " + size);
        }
        return Files.readAllBytes(file);
    }

    static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(
                    file.toString(), null, "a key is never overwritten; move the old one away first");
        }
    }
}
