package io.saddlebag.files;

import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves folders with their content, so that a name leads to a whole folder or to none. Renames within a file system,
 * and otherwise makes a synced copy under a temporary name. Links are moved as they are. For any number of threads.
 */
public final class FolderMove {
    private static final Logger LOG = LoggerFactory.getLogger(FolderMove.class);

    private FolderMove() {}

    /**
     * Moves a folder to a name that nobody has.
     *
     * @throws FileAlreadyExistsException when something has the target's name; both are left as they are
     */
    public static void move(Path source, Path target) throws IOException {
        try {
            rename(source, target);
        } catch (AtomicMoveNotSupportedException e) {
            copy(source, target);
            remove(source);
        }
    }

    /**
     * Moves a folder to a name that nobody has, in one step.
     *
     * @throws FileAlreadyExistsException when something has the target's name
     * @throws AtomicMoveNotSupportedException when the target is on another file system
     */
    public static void rename(Path source, Path target) throws IOException {
        requireFree(target);
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AccessDeniedException e) {
            if (!Files.isWritable(source)) {
                AccessDeniedException clearer = new AccessDeniedException(
                        source.toString(),
                        target.toString(),
                        "only a user who may write to a folder may move it; chmod -R ug+rwX, with the group of the"
                                + " user that runs this site");
                clearer.initCause(e);
                throw clearer;
            }
            throw e;
        }
        AtomicFiles.syncFolder(target.toAbsolutePath().getParent());
        AtomicFiles.syncFolder(source.toAbsolutePath().getParent());
    }

    /**
     * Copies a folder, with the times of what is in it, to a name that nobody has; when this returns it is on the disk.
     *
     * @throws IOException when it cannot be written; then the target's name is free
     */
    static void copy(Path source, Path target) throws IOException {
        requireFree(target);
        Path hidden = temporary(target);
        try {
            Files.walkFileTree(source, new Copying(source, hidden));
            rename(hidden, target);
        } catch (IOException | RuntimeException e) {
            FileTree.delete(hidden);
            throw e;
        }
    }

    /**
     * Deletes a folder; its name is gone in one step, before its content goes. Content that cannot be deleted stays under
     * a temporary name and is reported, since nobody takes it for the folder any more.
     *
     * @throws IOException when the name cannot be taken away
     */
    static void remove(Path folder) throws IOException {
        Path hidden = temporary(folder);
        rename(folder, hidden);
        try {
            FileTree.delete(hidden);
        } catch (IOException e) {
            LOG.warn("{}: what is left of a folder that was moved; delete it by hand: {}", hidden, FaultText.of(e));
        }
    }

    private static void requireFree(Path target) throws FileAlreadyExistsException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    private static Path temporary(Path beside) {
        return beside.toAbsolutePath().resolveSibling("." + UUID.randomUUID() + AtomicFiles.TEMPORARY_SUFFIX);
    }

    private static final class Copying extends SimpleFileVisitor<Path> {
        private final Path source;
        private final Path target;

        Copying(Path source, Path target) {
            this.source = source;
            this.target = target;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            Files.createDirectory(counterpart(folder), Modes.SHARED_FOLDER);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Path copy = counterpart(file);
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isRegularFile()) {
                AtomicFiles.sync(copy);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Path copy = counterpart(folder);
            Files.setLastModifiedTime(copy, Files.getLastModifiedTime(folder));
            AtomicFiles.syncFolder(copy);
            return FileVisitResult.CONTINUE;
        }

        private Path counterpart(Path file) {
            return target.resolve(source.relativize(file).toString());
        }
    }
}
