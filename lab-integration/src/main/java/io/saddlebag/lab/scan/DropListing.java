package io.saddlebag.lab.scan;

import io.saddlebag.files.DroppedName;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Predicate;

/**
 * One pass through a drop folder, an entry at a time, so that a folder of any length takes no memory and a pass
 * continues after its last entry. Passes over names that are hidden or no data, and names what no route can take (see
 * {@link Overlooked}). Links count as files and are not followed; a sub-folder is an entry too where its files do not
 * belong to the folder. Goes through folders that are held open, so that nobody who exchanges names meanwhile leads it
 * elsewhere. For one thread.
 */
final class DropListing implements Closeable {
    private static final int DEEPEST = 64;
    /** How deep folders lie, at most, that a file in them says are complete, such as experiment, sample and run. */
    private static final int DEEPEST_COMPLETE = 3;

    private final DropRoot root;
    private final boolean recursive;
    private final Predicate<String> names;
    private final DropRules rules;
    private final DropRoots roots;
    private final SettledFiles settled;
    private final Markers markers;
    private final Deque<Level> levels = new ArrayDeque<>();

    /**
     * @param path of the folder relative to the drop folder; null for that itself
     * @param isOwn whether what lies in it belongs to the drop folder
     * @param isEmpty whether it has no entry
     */
    private static final class Level {
        private final HeldFolder folder;
        private final Path path;
        private final boolean isOwn;
        private final BasicFileAttributes before;
        private final Iterator<Path> names;
        private final boolean isEmpty;
        private int passedOver;
        private int others;

        Level(HeldFolder folder, Path path, boolean isOwn, BasicFileAttributes before) {
            this.folder = folder;
            this.path = path;
            this.isOwn = isOwn;
            this.before = before;
            this.names = folder.names();
            this.isEmpty = !names.hasNext();
        }

        Path resolve(Path name) {
            return path == null ? name : path.resolve(name);
        }
    }

    /** Takes the markers that a pass meets. */
    @FunctionalInterface
    interface Markers {
        /** @param marker relative to the drop folder */
        void met(Path marker, HeldFolder folder) throws IOException;
    }

    /** @param folder that it lies in, held until the next call */
    record Entry(Dropped dropped, HeldFolder folder) {}

    /**
     * @param recursive whether the files of its sub-folders belong to it
     * @param names of the files that are wanted, and of the folders where sub-folders do not belong to it
     * @param rules which may say that folders alone are taken; with {@code recursive} those that lie deeper too, once they
     *     are complete
     * @param roots whose folders do not belong to this one
     * @param settled knows what is no data
     * @param markers takes those that it meets
     */
    DropListing(
            DropRoot root,
            boolean recursive,
            Predicate<String> names,
            DropRules rules,
            DropRoots roots,
            SettledFiles settled,
            Markers markers)
            throws IOException {
        this.markers = markers;
        this.root = root;
        this.recursive = recursive;
        this.names = names;
        this.rules = rules;
        this.roots = roots;
        this.settled = settled;
        push(root.lookAgain().again(), null, true);
    }

    /** Returns null, and closes the folder, when it need not be listed. */
    private Level push(HeldFolder folder, Path path, boolean isOwn) throws IOException {
        try {
            BasicFileAttributes before = folder.itself();
            if (settled.quietFolders().isQuiet(before, settled.time())) {
                folder.close();
                return null;
            }
            Level level = new Level(folder, path, isOwn, before);
            levels.push(level);
            return level;
        } catch (DirectoryIteratorException e) {
            folder.close();
            throw e.getCause();
        }
    }

    private void pop() throws IOException {
        Level level = levels.pop();
        settled.quietFolders().listed(level.before, level.passedOver, level.others, settled.time());
        level.folder.close();
    }

    /**
     * @return null at the end
     * @throws DirectoryIteratorException when the folder cannot be read any further
     */
    Entry next() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.peek();
            if (!level.names.hasNext()) {
                pop();
                continue;
            }
            Path name = level.names.next();
            if (DroppedName.isPassedOver(name.toString(), settled.systemFiles())) {
                if (DroppedName.isMarker(name.toString())) {
                    level.others++;
                    markers.met(level.resolve(name), level.folder);
                } else {
                    level.passedOver++;
                }
                continue;
            }
            level.others++;
            boolean isWanted = names.test(name.toString());
            BasicFileAttributes attributes = isWanted || recursive ? level.folder.look(name) : null;
            if (attributes == null) {
                continue;
            }
            Dropped dropped = new Dropped(root, level.resolve(name), attributes);
            if (rules.takesFoldersAlone() && !attributes.isDirectory()) {
                if (isWanted && level.path == null && !rules.copies()) {
                    settled.overlooked().noFolder(dropped.path());
                }
            } else if (attributes.isDirectory() && recursive && !(isWanted && isComplete(level, dropped))) {
                if (!rules.takesFoldersAlone() || levels.size() < DEEPEST_COMPLETE) {
                    descend(level, dropped, level.isOwn);
                }
            } else if (isWanted && !attributes.isRegularFile() && roots.leadsToOne(dropped.path())) {
                if (attributes.isDirectory() && !roots.isOne(dropped.path())) {
                    descend(level, dropped, false);
                }
            } else if (isWanted && level.isOwn) {
                return new Entry(dropped, level.folder);
            } else if (isWanted) {
                settled.overlooked().between(dropped.path());
            }
        }
        return null;
    }

    /** True if a folder says by a file in it that it is a message, so that what lies in it is none. */
    private boolean isComplete(Level level, Dropped folder) throws IOException {
        if (!rules.takesFoldersAlone()) {
            return false;
        }
        try (HeldFolder sub = level.folder.sub(folder.file().getFileName())) {
            return rules.marked(sub) != null || root.lookForMarker(folder.readyMarker()) != null;
        } catch (FileSystemException closedOrGone) {
            return false;
        }
    }

    private void descend(Level level, Dropped folder, boolean isOwn) throws IOException {
        if (levels.size() >= DEEPEST) {
            settled.overlooked().tooDeep(folder.path(), DEEPEST);
            return;
        }
        try {
            Level below = push(level.folder.sub(folder.file().getFileName()), folder.file(), isOwn);
            if (below != null && below.isEmpty && isOwn) {
                settled.overlooked().empty(root.path(), folder.path(), settled.time());
            } else {
                settled.overlooked().filled(folder.path());
            }
        } catch (AccessDeniedException e) {
            settled.overlooked().closed(folder.path());
        } catch (FileSystemException gone) {
            // Taken away since.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        while (!levels.isEmpty()) {
            levels.pop().folder.close();
        }
    }
}
