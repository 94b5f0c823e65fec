package io.saddlebag.folder;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * A route's drop folder. It is reached by its path, which may be a link or a mount; all below it through the folder that is
 * held open, because whoever drops files may exchange names there at any moment. For any number of threads.
 */
public final class DropRoot {
    private final Path path;
    private HeldFolder held;
    private Object heldKey;

    DropRoot(Path path) {
        this.path = Objects.requireNonNull(path, "path");
    }

    public Path path() {
        return path;
    }

    /**
     * The folder as its path leads to it now: opened anew when it was made again or something was mounted there.
     *
     * @throws IOException when it is not there
     */
    synchronized HeldFolder lookAgain() throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        if (held != null && !key.equals(heldKey)) {
            held.close();
            held = null;
        }
        return folder();
    }

    /** The folder as it was found last. */
    private synchronized HeldFolder folder() throws IOException {
        if (held == null) {
            held = HeldFolder.open(path);
            heldKey = held.key();
        }
        return held;
    }

    /** What is done with an entry, in the folder that it lies in. */
    @FunctionalInterface
    interface Work<T> {
        T with(HeldFolder folder, Path name) throws IOException;
    }

    /**
     * Goes down to the folder of an entry, a step at a time.
     *
     * @param file relative to this folder
     * @throws FileSystemException when a folder on the way is gone, or is a link
     */
    <T> T at(Path file, Work<T> work) throws IOException {
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

    /** Deletes a file, if it is there. */
    public void deleteIfThere(Path file) throws IOException {
        if (look(file) != null) {
            at(file, (folder, name) -> {
                folder.deleteFile(name);
                return null;
            });
        }
    }
}
