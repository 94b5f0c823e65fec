package io.saddlebag.lab.claim;

import io.saddlebag.files.access.Ownership;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** Judges if this site may take something out of its drop folder. A copy of the rest is made instead. */
public final class Removal {
    private static final int DEEPEST = 64;
    /** As the C library says EPERM, of a folder with the sticky bit, and EROFS. */
    private static final Set<String> REFUSED = Set.of("Operation not permitted", "Read-only file system");

    private Removal() {}

    /** True if an attempt failed because of rights, so that it fails again. */
    public static boolean isRefused(IOException failure) {
        return failure instanceof AccessDeniedException
                || failure instanceof FileSystemException refused
                        && refused.getReason() != null
                        && REFUSED.contains(refused.getReason());
    }

    /**
     * True if a folder holds one that this site may read and not empty, as a umask of 022 makes them. Looks by paths; a
     * folder that somebody closes since is met later.
     */
    public static boolean isRefusedWithin(Dropped listed) throws IOException {
        if (listed.isClaimed() || listed.isGroup() || !listed.attributes().isDirectory()) {
            return false;
        }
        int self = Ownership.thisUser();
        boolean[] isClosed = {false};
        Files.walkFileTree(listed.path(), Set.of(), DEEPEST, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes look) throws IOException {
                isClosed[0] = !Files.isWritable(folder)
                        && Files.isReadable(folder)
                        && Files.isExecutable(folder)
                        && Ownership.of(folder).owner() != self;
                return isClosed[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return isClosed[0];
    }
}
