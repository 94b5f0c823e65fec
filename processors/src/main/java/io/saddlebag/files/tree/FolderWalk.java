package io.saddlebag.files.tree;

import io.saddlebag.files.FileTree;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Walks the entries of a folder in an order that depends on the names alone: each folder before its content, the names
 * of a folder by their bytes of UTF-8. Refuses content that cannot travel: links, devices, names that some systems
 * cannot have, two names that differ in capitals only, more than the limits. Holds the names of one folder at each
 * depth. Follows no link and reads no file. For one thread.
 */
public final class FolderWalk {
    private final Path root;
    private final FolderLimits limits;
    private final LeftOut leftOut;
    private final Deque<Level> open = new ArrayDeque<>();
    private boolean started;
    private long listed;
    private long files;
    private long bytes;
    private long tarSize = TarFormat.END;
    private Instant modified = Instant.MIN;

    /** A folder of the walk. Holds only the names of the entries to come, since there may be many. */
    private record Level(Path folder, String prefix, Iterator<String> names) {}

    public FolderWalk(Path root, FolderLimits limits) {
        this(root, limits, (path, file) -> false);
    }

    /** @param leftOut which entries to pass over, each with all below it */
    public FolderWalk(Path root, FolderLimits limits, LeftOut leftOut) {
        this.root = root;
        this.limits = limits;
        this.leftOut = leftOut;
    }

    /** Which entries of a folder do not belong to it. */
    @FunctionalInterface
    public interface LeftOut {
        /**
         * @param path within the folder, {@code /} between the names
         * @param file where it lies
         */
        boolean contains(String path, Path file);
    }

    /**
     * The next of them; null after the last.
     *
     * @throws Refusal {@code BAD_FILE}, {@code BAD_NAME} or {@code TOO_LARGE}, naming what cannot travel
     * @throws IOException when a folder cannot be read
     */
    public Entry next() throws IOException {
        if (!started) {
            started = true;
            look(root, "");
            open.push(list(root, ""));
        }
        while (!open.isEmpty() && !open.peek().names().hasNext()) {
            open.pop();
        }
        if (open.isEmpty()) {
            return null;
        }
        Entry entry = entry(open.peek(), open.peek().names().next());
        tarSize += TarHeader.of(entry).length;
        limits.requireDepth(open.size(), entry.path());
        if (entry.isFolder()) {
            open.push(list(entry.file(), entry.path() + "/"));
        } else {
            files++;
            bytes += entry.size();
            tarSize += entry.size() + TarFormat.padding(entry.size());
            limits.requireBytes(bytes);
        }
        return entry;
    }

    /** Walks to its end a folder that has passed its limits before. */
    public static FolderWalk through(Path folder) throws IOException {
        return new FolderWalk(folder, FolderLimits.NONE).toEnd();
    }

    /** Goes to the end, for what it refuses and what it counts. */
    public FolderWalk toEnd() throws IOException {
        for (Entry entry = next(); entry != null; ) {
            entry = next();
        }
        return this;
    }

    /** How many files it has met so far. */
    public long files() {
        return files;
    }

    /** How many bytes they have together. */
    public long bytes() {
        return bytes;
    }

    /** The size of the folder's tar, once it has come to the end. */
    public long tarSize() {
        return tarSize;
    }

    /** The newest time of the folder and what it has met in it. */
    public Instant modified() {
        return modified;
    }

    private Level list(Path folder, String prefix) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            FileTree.forEach(folder, file -> {
                String name = file.getFileName().toString();
                if (leftOut.contains(prefix + name, file)) {
                    return;
                }
                limits.requireEntries(++listed);
                EntryName.requireGood(name, prefix + name);
                names.add(name);
            });
        } catch (AccessDeniedException e) {
            throw unreadable(prefix, e);
        }
        requireDifferent(names, prefix);
        names.sort(EntryName::compare);
        return new Level(folder, prefix, names.iterator());
    }

    private static void requireDifferent(List<String> names, String prefix) {
        names.sort(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(names.get(i - 1))) {
                throw new Refusal(
                        Refusal.Code.BAD_NAME,
                        "Expected names that differ in more than capitals, found '"
                                + Printable.of(prefix + names.get(i))
                                + "' twice in that sense. Rename one and drop the folder again");
            }
        }
    }

    private Entry entry(Level level, String name) throws IOException {
        Path file = level.folder().resolve(name);
        String path = level.prefix() + name;
        BasicFileAttributes attributes = look(file, path);
        if (!attributes.isDirectory() && !attributes.isRegularFile()) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected files and folders only, found a link or device at '" + Printable.of(path)
                            + "'. Put the file itself there and drop the folder again");
        }
        return new Entry(file, path, attributes.isDirectory(), attributes.isDirectory() ? 0 : attributes.size());
    }

    private BasicFileAttributes look(Path file, String path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            throw unreadable(path, e);
        }
        Instant time = attributes.lastModifiedTime().toInstant();
        modified = time.isAfter(modified) ? time : modified;
        return attributes;
    }

    static Refusal unreadable(String path, AccessDeniedException e) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected a folder whose files this site may read, found '" + Printable.of(path)
                        + "' closed to it. Open its mode (chmod -R u+rX, or its group) and drop the folder again",
                e);
    }

    /**
     * A file or folder below a folder.
     *
     * @param file where it lies
     * @param path within the folder, {@code /} between the names
     * @param size in bytes when it was listed; 0 for a folder
     */
    public record Entry(Path file, String path, boolean isFolder, long size) {}
}
