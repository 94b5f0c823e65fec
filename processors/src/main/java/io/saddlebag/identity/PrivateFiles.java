package io.saddlebag.identity;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Utf8File;
import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner may open, from the moment they exist, and the check that they and their folders are so. */
public final class PrivateFiles {
    private static final FileAttribute<?> PUBLIC_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private PrivateFiles() {}

    /** Writes a new file of mode 0600 and syncs it; a file that is there already is left as it is. */
    public static void create(Path file, byte[] content) throws IOException {
        write(file, content, Modes.PRIVATE_FILE);
    }

    /** Writes a new file that everybody may read and syncs it. */
    public static void createPublic(Path file, byte[] content) throws IOException {
        write(file, content, PUBLIC_FILE);
    }

    /**
     * Creates a file of mode 0600 or puts a new one in its place, on the disk when it returns. A reader sees the old
     * content or the new, never a mixture.
     */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(file, content, Modes.PRIVATE_FILE);
    }

    /** As {@link #replace(Path, byte[])}, with a file that everybody may read. */
    public static void replacePublic(Path file, byte[] content) throws IOException {
        replace(file, content, PUBLIC_FILE);
    }

    private static void replace(Path file, byte[] content, FileAttribute<?> mode) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        write(next, content, mode);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        AtomicFiles.syncFolder(file.toAbsolutePath().getParent());
    }

    private static void write(Path file, byte[] content, FileAttribute<?> mode) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            Channels.newOutputStream(channel).write(content);
            channel.force(true);
        }
    }

    /**
     * Refuses a key or its folder that others may open.
     *
     * @param mode what is expected, for the message: 0600 or 0700
     * @throws IOException when it is missing or looser; says how to tighten it
     */
    public static void requirePrivate(Path path, String mode) throws IOException {
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(path);
        if (!Modes.PRIVATE_FOLDER.value().containsAll(found)) {
            throw new IOException(path + ": expected mode " + mode + " (for its owner alone), found "
                    + PosixFilePermissions.toString(found) + ". Run: chmod " + mode + " " + path);
        }
    }

    /**
     * Reads a passphrase: the first line of a file that its owner alone may read, whole.
     *
     * @throws IOException when there is no file, it cannot be read, or it is too open or empty
     */
    public static char[] passphrase(Path file) throws IOException {
        requirePrivate(file, "0600");
        String first = Utf8File.readSecret(file).lines().findFirst().orElse("");
        if (first.isEmpty()) {
            throw new IOException(file + ": expected a passphrase on the first line, found none");
        }
        return first.toCharArray();
    }
}
