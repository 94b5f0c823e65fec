package io.saddlebag.folder;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * How a folder with all that is in it looks from outside. When a file below it comes, goes, grows or is written to, at
 * least one of the two changes. Reads no file and follows no link; memory does not grow with what is in it.
 *
 * @param fingerprint of every path, size and time; not a cryptographic one
 * @param modified the newest time in it
 */
public record TreeLook(long fingerprint, Instant modified) {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** @throws IOException when the folder is not there */
    public static TreeLook of(Path folder) throws IOException {
        Visitor visitor = new Visitor(folder);
        Files.walkFileTree(folder, visitor);
        return new TreeLook(visitor.sum, visitor.newest);
    }

    /** Adds, so that the order in which a folder lists its files does not count. */
    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private long sum;
        private Instant newest = Instant.MIN;

        Visitor(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            take(folder, 0, attributes);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            take(file, attributes.size(), attributes);
            return FileVisitResult.CONTINUE;
        }

        /** Gone meanwhile, which the folder's own time shows, or closed to this site, which is found when it is read. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (file.equals(root) && !(failure instanceof AccessDeniedException)) {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }

        private void take(Path file, long size, BasicFileAttributes attributes) {
            Instant modified = attributes.lastModifiedTime().toInstant();
            long one = root.relativize(file).toString().hashCode();
            one = (one * SPREAD + size) * SPREAD + modified.getEpochSecond();
            one = (one * SPREAD + modified.getNano()) * SPREAD;
            sum += one ^ (one >>> 29);
            newest = modified.isAfter(newest) ? modified : newest;
        }
    }
}
