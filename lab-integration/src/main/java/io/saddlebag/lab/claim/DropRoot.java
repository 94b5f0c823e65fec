package io.saddlebag.lab.claim;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.Presence;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A route's drop folder. It is reached by its path, which may be a link or a mount; all below it through the folder
 * that is held open, because whoever drops files may exchange names there at any moment. For any number of threads.
 */
public final class DropRoot {
    private static final Logger LOG = LoggerFactory.getLogger(DropRoot.class);

    private final Path path;
    private final DropRoots.Opened opened;
    private final Presence presence;
    private final Queue<Later> later = new ConcurrentLinkedQueue<>();
    private HeldFolder held;
    private Object heldKey;
    private volatile boolean isByStem;

    /** A claim that is to be dealt with once more. */
    private record Later(Dropped claimed, long notBefore) {
        boolean isDue() {
            return System.nanoTime() - notBefore >= 0;
        }
    }

    public DropRoot(Path path, DropRoots.Opened opened, Presence presence) {
        this.presence = presence;
        this.path = path;
        this.opened = opened;
    }

    public Path path() {
        return path;
    }

    /** The files of a stem travel together; so a marker may be a stem's. */
    public void setByStem() {
        isByStem = true;
    }

    public boolean isByStem() {
        return isByStem;
    }

    /**
     * The folder as its path leads to it now: opened anew when it was made again or something was mounted there.
     *
     * @throws IOException when it, or a disk that is needed to take from it, is not there
     */
    public HeldFolder lookAgain() throws IOException {
        presence.require();
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        boolean isOther;
        synchronized (this) {
            isOther = held == null || !key.equals(heldKey);
            if (held != null && isOther) {
                held.close();
                held = null;
            }
        }
        HeldFolder folder = folder();
        if (isOther) {
            opened.with(this);
        }
        return folder;
    }

    /** The folder as it was found last. */
    synchronized HeldFolder folder() throws IOException {
        if (held == null) {
            held = HeldFolder.open(path);
            heldKey = held.key();
        }
        return held;
    }

    /** Has a claim dealt with once more, after a pause. */
    public void later(Dropped claimed, Duration pause) {
        later.add(new Later(claimed, System.nanoTime() + pause.toNanos()));
    }

    /** The next claim that is due and has such a name; null when there is none. It is the caller's then. */
    public Dropped nextClaimed(Predicate<String> names) {
        for (Iterator<Later> all = later.iterator(); all.hasNext(); ) {
            Later each = all.next();
            if (each.isDue() && names.test(each.claimed().name()) && later.remove(each)) {
                return each.claimed();
            }
        }
        return null;
    }

    /** Works on an entry, in the folder that holds it. */
    @FunctionalInterface
    public interface Work<T> {
        T with(HeldFolder folder, Path name) throws IOException;
    }

    /**
     * Goes down to the folder of an entry, a step at a time.
     *
     * @param file relative to this folder
     * @throws FileSystemException when a folder on the way is gone, or is a link
     */
    public <T> T at(Path file, Work<T> work) throws IOException {
        HeldFolder folder = folder();
        Path parent = file.getParent();
        return parent == null ? work.with(folder, file) : below(folder, parent, file.getFileName(), work);
    }

    private static <T> T below(HeldFolder folder, Path parents, Path name, Work<T> work) throws IOException {
        try (HeldFolder sub = folder.sub(parents.getName(0))) {
            int count = parents.getNameCount();
            return count == 1 ? work.with(sub, name) : below(sub, parents.subpath(1, count), name, work);
        }
    }

    /** How an entry looks; null when it is gone, or a folder on the way to it. */
    public BasicFileAttributes look(Path file) throws IOException {
        try {
            return at(file, HeldFolder::look);
        } catch (FileSystemException gone) {
            return null;
        }
    }

    /**
     * As {@link #look}, for a marker. Most files have none, and the exceptions of a look in vain would cost more than
     * the claim. The look by path only spares those; it decides nothing that a dropper could gain by.
     */
    public BasicFileAttributes lookForMarker(Path marker) throws IOException {
        return AtomicFiles.isThere(path.resolve(marker)) ? look(marker) : null;
    }

    /** Deletes a marker, if it is there. */
    public void deleteMarker(Path marker) throws IOException {
        if (lookForMarker(marker) != null) {
            at(marker, (folder, name) -> {
                folder.deleteFile(name);
                return null;
            });
        }
    }

    /** Removes from a drop folder the files that a killed process left half written there. */
    public static void removeUnfinished(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        try (HeldFolder folder = HeldFolder.open(root);
                HeldFolder listing = folder.again()) {
            listing.forEach(name -> {
                if (AtomicFiles.isTemporary(name.toString())
                        && folder.look(name).isRegularFile()) {
                    folder.deleteFile(name);
                }
            });
        }
    }

    /**
     * Puts a claimed file or folder back into its drop folder itself, never into a folder below it. Replaces nothing.
     *
     * @param root the drop folder
     * @return false when something has its name there, or it cannot be put there in one step; it is left as it is
     */
    public static boolean putBack(Path root, Path content, String fileName) throws IOException {
        try (HeldFolder folder = HeldFolder.open(root);
                HeldFolder from = HeldFolder.open(content.getParent())) {
            Path name = Path.of(fileName);
            if (folder.isThere(name)) {
                return false;
            }
            if (Files.isRegularFile(content, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    Files.createLink(root.resolve(name), content);
                    Files.delete(content);
                    folder.sync(root);
                    return true;
                } catch (FileAlreadyExistsException e) {
                    return false;
                } catch (UnsupportedOperationException | FileSystemException e) {
                    LOG.debug("no hard link into {}; renamed instead", root, e);
                }
            }
            from.move(content.getFileName(), folder, name);
            folder.sync(root);
            return true;
        } catch (AtomicMoveNotSupportedException e) {
            return false;
        }
    }
}
