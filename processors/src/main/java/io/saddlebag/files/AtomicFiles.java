package io.saddlebag.files;

import io.saddlebag.files.access.Modes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Files that are either absent or whole, and that survive a power cut once a call has returned. A file is written under
 * a temporary name, fsynced and renamed in one step; then the folder is fsynced (POSIX rename and fsync). A temporary
 * name begins with a dot and ends in {@value #TEMPORARY_SUFFIX}, which every scan here skips. Files have the mode
 * {@link Modes#SHARED_FILE}. Holds no state; any number of threads may call.
 */
public final class AtomicFiles {
    /** The suffix of the name of a file that is still being written. */
    public static final String TEMPORARY_SUFFIX = ".part";

    private static final Pattern TEMPORARY_NAME =
            Pattern.compile("\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final int BUFFER = 64 * 1024;

    private AtomicFiles() {}

    /** Writes a file's content; the caller closes the stream. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream target) throws IOException;
    }

    /**
     * Creates a new file.
     *
     * @throws FileAlreadyExistsException when the target exists, even as a dangling link; it is left as it is
     * @throws IOException when it cannot be written; no temporary file is left
     */
    public static void create(Path target, Content content) throws IOException {
        Path temporary = write(target, content);
        try {
            linkOrMove(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncFolder(folderOf(target));
    }

    public static void create(Path target, byte[] content) throws IOException {
        create(target, out -> out.write(content));
    }

    /**
     * Creates a file or puts a new one in its place; a reader sees the old content or the new, never a mixture.
     *
     * @throws IOException when it cannot be written; the old file then remains and no temporary file is left
     */
    public static void replace(Path target, Content content) throws IOException {
        Path temporary = write(target, content);
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncFolder(folderOf(target));
    }

    public static void replace(Path target, byte[] content) throws IOException {
        replace(target, out -> out.write(content));
    }

    /**
     * Moves a finished file to a free name; to another file system by a copy. A crash may leave it under both names.
     * Within one file system a second call then removes the old one.
     *
     * @throws FileAlreadyExistsException when another file has the target's name; both are left as they are
     * @throws NoSuchFileException when the source is not there
     */
    public static void moveNew(Path source, Path target) throws IOException {
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(source.toString());
        }
        sync(source);
        Object moved = keyOf(source);
        boolean isCopied = false;
        if (!isSameFile(source, target)) {
            try {
                linkOrMove(source, target);
            } catch (AtomicMoveNotSupportedException e) {
                try (InputStream in = Files.newInputStream(source, LinkOption.NOFOLLOW_LINKS)) {
                    create(target, in::transferTo);
                }
                isCopied = true;
            }
        }
        boolean isWithinFolder = folderOf(source).equals(folderOf(target));
        if (!isWithinFolder) {
            syncFolder(folderOf(target));
        }
        // Another file may have replaced the source since, and somebody taken the target.
        if (isCopied || moved.equals(keyOf(source))) {
            Files.deleteIfExists(source);
        }
        syncFolder(folderOf(source));
    }

    /**
     * As {@link #moveNew} of a file that is synced; the folder's entries are for the caller to sync.
     *
     * @throws FileAlreadyExistsException when another file has the target's name; both are left as they are
     */
    public static void name(Path source, Path target) throws IOException {
        try {
            linkOrMoveUnlessThere(source, target);
        } catch (AtomicMoveNotSupportedException e) {
            create(target, out -> Files.copy(source, out));
        }
        Files.deleteIfExists(source);
    }

    /**
     * Tests that the folder is writable and has room; leaves no file behind.
     *
     * @param bytes to be free, besides a small reserve
     * @throws IOException saying what is in the way
     */
    public static void requireRoom(Path folder, long bytes) throws IOException {
        long usable = folder.toFile().getUsableSpace();
        // Some file systems report no size; there only the attempt counts.
        if (folder.toFile().getTotalSpace() > 0 && usable < bytes) {
            throw new FileSystemException(
                    folder.toString(), null, "expected room for " + bytes + " bytes, found " + usable);
        }
        Files.delete(write(folder.resolve("room"), out -> out.write(new byte[BUFFER])));
    }

    /**
     * Syncs a file's content and links it under a free name on the same file system; without support for links it moves
     * the file. A repeat after a crash has the same result. The entry is on the disk once the folder is synced.
     *
     * @throws FileAlreadyExistsException when another file has that name
     * @throws NoSuchFileException when the file is not there
     */
    public static void nameNew(Path file, Path target) throws IOException {
        sync(file);
        linkOrMoveUnlessThere(file, target);
    }

    private static void linkOrMoveUnlessThere(Path file, Path target) throws IOException {
        try {
            linkOrMove(file, target);
        } catch (FileAlreadyExistsException e) {
            if (!isSameFile(file, target)) {
                throw e;
            }
        }
    }

    /**
     * Renames a file within its folder in one step. It never has both names, so that after a crash it is certain if a
     * reader saw the new one. Checks first that the name is free, which a link would do in the same step. The entry is
     * on the disk once the folder is synced.
     *
     * @throws FileAlreadyExistsException when another file has that name; both are left as they are
     */
    public static void rename(Path file, Path target) throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        } else if (isSameFile(file, target)) {
            // A rename would leave both (POSIX).
            Files.delete(file);
        } else {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    /**
     * True when a file or folder is there; a dangling link is not. Cheap for paths that are usually absent: {@link
     * Files} makes two exceptions then, which cost ten times as much. Not for a check that a dangling link must not
     * pass.
     */
    public static boolean isThere(Path file) {
        return isText(file) ? file.toFile().exists() : Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** As {@link Files#deleteIfExists}, and cheaper for a file that is usually absent. */
    public static void deleteIfThere(Path file) throws IOException {
        if (!isText(file) || (!file.toFile().delete() && file.toFile().exists())) {
            Files.deleteIfExists(file);
        }
    }

    /** A {@link java.io.File} replaces bytes that are no text by others. */
    private static boolean isText(Path file) {
        return file.toString().indexOf('\uFFFD') < 0;
    }

    /**
     * Makes a folder and those above it, each entry synced and none with more rights than {@link Modes#SHARED_FOLDER}. An
     * existing folder costs nothing, and its mode stays.
     */
    public static void createFolders(Path folder) throws IOException {
        createFolders(folder, Modes.SHARED_FOLDER);
    }

    /** As {@link #createFolders}, the last folder for this site alone. */
    public static void createPrivateFolder(Path folder) throws IOException {
        createFolders(folder, Modes.PRIVATE_FOLDER);
    }

    private static void createFolders(Path folder, FileAttribute<?> mode) throws IOException {
        Path absolute = folder.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = absolute.getParent();
        if (parent != null) {
            createFolders(parent);
        }
        try {
            Files.createDirectory(absolute, mode);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
        }
        if (parent != null) {
            syncFolder(parent);
        }
    }

    /**
     * Brings a file's content to the disk.
     *
     * @throws IOException naming the file
     */
    public static void sync(Path file) throws IOException {
        try {
            force(file);
        } catch (IOException e) {
            throw named(file, "cannot be brought to the disk", e);
        }
    }

    /**
     * Brings a folder's entries to the disk; does nothing where {@link UnsyncedFolders} says that the file system
     * cannot.
     *
     * @throws IOException naming the folder
     */
    public static void syncFolder(Path folder) throws IOException {
        syncFolder(folder, () -> force(folder));
    }

    static void syncFolder(Path folder, EarlySync.Sync sync) throws IOException {
        try {
            sync.run();
        } catch (IOException e) {
            if (!UnsyncedFolders.isAccepted(folder, e)) {
                throw named(folder, "its entries cannot be brought to the disk", e);
            }
        }
    }

    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** An error of open(2) names the path; one of fsync(2) does not. */
    private static IOException named(Path path, String what, IOException e) {
        return e instanceof FileSystemException ? e : new IOException(path + ": " + what + ": " + e.getMessage(), e);
    }

    /** True for the name of a file that was being written here: hidden, a UUID, {@value #TEMPORARY_SUFFIX}. */
    public static boolean isTemporary(String fileName) {
        return TEMPORARY_NAME.matcher(fileName).matches();
    }

    /**
     * Removes from a folder the temporary files of a killed process; does nothing when there is no such folder.
     *
     * @throws IOException of the first that cannot be removed, once all others are
     */
    public static void removeUnfinished(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<IOException> failures = new ArrayList<>();
        FileTree.forEach(folder, file -> {
            try {
                if (isTemporary(file.getFileName().toString())) {
                    FileTree.delete(file);
                }
            } catch (IOException e) {
                failures.add(e);
            }
        });
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    /** Writes and syncs a file under a temporary name in the target's folder. */
    public static Path write(Path target, Content content) throws IOException {
        Path temporary = folderOf(target).resolve("." + UUID.randomUUID() + TEMPORARY_SUFFIX);
        try (FileChannel channel = FileChannel.open(temporary, NEW_FILE, Modes.SHARED_FILE);
                EarlySync early = new EarlySync(() -> channel.force(false))) {
            OutputStream out = new BufferedOutputStream(early.through(Channels.newOutputStream(channel)), BUFFER);
            content.writeTo(out);
            out.flush();
            early.finish();
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        return temporary;
    }

    /** A hard link, because a rename would silently overwrite; without support for links, a checked rename. */
    private static void linkOrMove(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** True if the source is also named as the target, by a hard link; false when the target is a symbolic link. */
    public static boolean isSameFile(Path source, Path target) throws IOException {
        try {
            return Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isSymbolicLink(target)
                    && Files.isSameFile(source, target);
        } catch (NoSuchFileException taken) {
            // A reader may take the target as soon as it is there.
            return false;
        }
    }

    /** Which file it is; nobody else's key when it is not there. */
    private static Object keyOf(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
            return key == null ? file : key;
        } catch (NoSuchFileException e) {
            return new Object();
        }
    }

    private static Path folderOf(Path file) {
        return file.toAbsolutePath().getParent();
    }
}
