package io.saddlebag.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder with all that is in it. Links are deleted, not followed. */
public final class FileTree {
    private FileTree() {}

    /** Takes an entry of a folder. */
    @FunctionalInterface
    public interface EntryAction {
        void on(Path entry) throws IOException;
    }

    /**
     * Takes each entry of a folder, in no order, while the folder is read.
     *
     * @throws IOException when it cannot be read, also in the middle, or the action fails
     */
    public static void forEach(Path folder, EntryAction action) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            forEach(entries, action);
        }
    }

    static void forEach(DirectoryStream<Path> entries, EntryAction action) throws IOException {
        try {
            for (Path entry : entries) {
                action.on(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Deletes it; does nothing when it is not there. */
    public static void delete(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
