package io.saddlebag.folder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Predicate;

/**
 * One pass through a drop folder, an entry at a time, so that a folder of any length takes no memory and a pass goes on
 * where the last entry stood. Passes over names that are hidden or not finished. Links count as files and are not followed;
 * a sub-folder is an entry too where its files do not belong to the folder. Goes through folders that are held open, so
 * that nobody who exchanges names meanwhile leads it elsewhere. For one thread.
 */
final class DropListing implements Closeable {
    private static final int DEEPEST = 64;

    private final DropRoot root;
    private final boolean recursive;
    private final Predicate<String> names;
    private final Predicate<Path> leaves;
    private final Deque<Level> levels = new ArrayDeque<>();

    /** @param path of the folder relative to the drop folder; null for that itself */
    private record Level(HeldFolder folder, Path path, Iterator<Path> names) {
        static Level of(HeldFolder folder, Path path) {
            return new Level(folder, path, folder.names());
        }

        Path resolve(Path name) {
            return path == null ? name : path.resolve(name);
        }
    }

    /** @param folder that it lies in, held until the next call */
    record Entry(Dropped dropped, HeldFolder folder) {}

    /**
     * @param recursive whether the files of its sub-folders belong to it
     * @param names of the files that are wanted, and of the folders where sub-folders do not belong to it
     * @param leaves what belongs to another drop folder
     */
    DropListing(DropRoot root, boolean recursive, Predicate<String> names, Predicate<Path> leaves) throws IOException {
        this.root = root;
        this.recursive = recursive;
        this.names = names;
        this.leaves = leaves;
        levels.push(Level.of(root.lookAgain().again(), null));
    }

    /**
     * @return null at the end
     * @throws DirectoryIteratorException when the folder cannot be read any further
     */
    Entry next() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.peek();
            if (!level.names().hasNext()) {
                levels.pop().folder().close();
                continue;
            }
            Path entry = level.names().next();
            String name = entry.toString();
            boolean isWanted = names.test(name);
            if (!DroppedName.isPassedOver(name) && (isWanted || recursive)) {
                BasicFileAttributes attributes = level.folder().look(entry);
                if (attributes != null && attributes.isDirectory() && recursive) {
                    descend(level, entry);
                } else if (attributes != null && isWanted) {
                    Dropped dropped = new Dropped(root, level.resolve(entry), attributes);
                    if (isOwn(dropped)) {
                        return new Entry(dropped, level.folder());
                    }
                }
            }
        }
        return null;
    }

    private boolean isOwn(Dropped dropped) {
        return dropped.attributes().isRegularFile() || !leaves.test(dropped.path());
    }

    private void descend(Level level, Path name) {
        if (levels.size() < DEEPEST) {
            try {
                levels.push(Level.of(level.folder().sub(name), level.resolve(name)));
            } catch (IOException gone) {
                // Taken away since, or closed to this user: what is in it is offered once it can be read.
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        while (!levels.isEmpty()) {
            levels.pop().folder().close();
        }
    }
}
