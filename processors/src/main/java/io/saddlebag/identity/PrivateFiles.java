package io.saddlebag.identity;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files and folders that only their owner may open: 0600 and 0700, from the moment they exist. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private PrivateFiles() {}

    /** Makes the folder and those above it where they are missing; only the last one gets the mode 0700. */
    public static void makeFolder(Path folder) throws IOException {
        if (folder.getParent() != null) {
            AtomicFiles.createFolders(folder.getParent());
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, mode(folder, "rwx------"));
        }
    }

    /** Writes a new file of mode 0600 and syncs it; a file that is there already is left as it is. */
    public static void create(Path file, byte[] content) throws IOException {
        write(file, content, "rw-------");
    }

    /** Writes a new file that everybody may read and syncs it. */
    public static void createPublic(Path file, byte[] content) throws IOException {
        write(file, content, "rw-r--r--");
    }

    private static void write(Path file, byte[] content, String mode) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode(file, mode))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] mode(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /**
     * Refuses a key or its folder that others may open.
     *
     * @param mode what is expected, for the message: 0600 or 0700
     * @throws IOException when it is missing or looser; says how to tighten it
     */
    public static void requirePrivate(Path path, String mode) throws IOException {
        if (!isPosix(path)) {
            return;
        }
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(path);
        for (PosixFilePermission permission : found) {
            if (OTHERS.contains(permission)) {
                throw new IOException(path + ": expected mode " + mode + " (for its owner alone), found "
                        + PosixFilePermissions.toString(found) + ". Run: chmod " + mode + " " + path);
            }
        }
    }
}
