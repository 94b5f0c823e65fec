package io.saddlebag.folder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Predicate;

/**
 * One pass through a drop folder, an entry at a time, so that a folder of any length takes no memory and a pass goes on
 * where the last entry stood. Passes over names that are hidden or not finished. Links count as files and are not followed;
 * a sub-folder is an entry too where its files do not belong to the folder. For one thread.
 */
final class DropListing implements Closeable {
    private static final int DEEPEST = 64;

    private final boolean recursive;
    private final Predicate<String> names;
    private final Predicate<Path> leaves;
    private final Deque<Level> levels = new ArrayDeque<>();

    private record Level(DirectoryStream<Path> stream, Iterator<Path> entries) {
        static Level of(Path folder) throws IOException {
            DirectoryStream<Path> stream = Files.newDirectoryStream(folder);
            return new Level(stream, stream.iterator());
        }
    }

    /** @param attributes of the entry itself, not of what it links to */
    record Entry(Path path, BasicFileAttributes attributes) {}

    /**
     * @param recursive whether the files of its sub-folders belong to it
     * @param names of the files that are wanted, and of the folders where sub-folders do not belong to it
     * @param leaves what belongs to another drop folder
     */
    DropListing(Path folder, boolean recursive, Predicate<String> names, Predicate<Path> leaves) throws IOException {
        this.recursive = recursive;
        this.names = names;
        this.leaves = leaves;
        levels.push(Level.of(folder));
    }

    /**
     * @return null at the end
     * @throws DirectoryIteratorException when the folder cannot be read any further
     */
    Entry next() throws IOException {
        while (!levels.isEmpty()) {
            if (!levels.peek().entries().hasNext()) {
                levels.pop().stream().close();
                continue;
            }
            Path path = levels.peek().entries().next();
            String name = path.getFileName().toString();
            boolean isWanted = names.test(name);
            if (!DroppedName.isPassedOver(name) && (isWanted || recursive)) {
                BasicFileAttributes attributes = attributes(path);
                if (attributes != null && attributes.isDirectory() && recursive) {
                    descend(path);
                } else if (attributes != null && isWanted && isOwn(path, attributes)) {
                    return new Entry(path, attributes);
                }
            }
        }
        return null;
    }

    private boolean isOwn(Path path, BasicFileAttributes attributes) {
        return attributes.isRegularFile() || !leaves.test(path);
    }

    private void descend(Path folder) {
        if (levels.size() < DEEPEST) {
            try {
                levels.push(Level.of(folder));
            } catch (IOException gone) {
                // Taken away since, or closed to this user: what is in it is offered once it can be read.
                return;
            }
        }
    }

    /** Null when it is gone. */
    private static BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException gone) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        while (!levels.isEmpty()) {
            levels.pop().stream().close();
        }
    }
}
