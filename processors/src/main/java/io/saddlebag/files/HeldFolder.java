package io.saddlebag.files;

import io.saddlebag.files.access.Modes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;

/**
 * A folder held open, in which others may write. Names are resolved in the open folder, even if it is moved, and no
 * link is followed (openat, fstatat, renameat). Every name is a single component. Any number of threads may call;
 * {@link #names} works once.
 */
public final class HeldFolder implements Closeable {
    private static final Path ITSELF = Path.of(".");

    private final SecureDirectoryStream<Path> stream;

    private HeldFolder(SecureDirectoryStream<Path> stream) {
        this.stream = stream;
    }

    /**
     * Opens a folder by its path; follows links, so that only a path that others cannot change may be given.
     *
     * @throws IOException when it is not there, or its file system does not offer such access
     */
    public static HeldFolder open(Path folder) throws IOException {
        // With the dot the call fails for a pipe; without it the call waits for the pipe's writer (open(2)).
        return of(Files.newDirectoryStream(folder.resolve(ITSELF)), folder);
    }

    private static HeldFolder of(DirectoryStream<Path> stream, Path folder) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return new HeldFolder(secure);
        }
        stream.close();
        throw new FileSystemException(
                folder.toString(), null, "expected a file system with openat(2), found one without. Use a Linux disk");
    }

    /**
     * Opens a folder in it.
     *
     * @throws NotDirectoryException when it is none, or a link to one; also when it is exchanged meanwhile
     */
    public HeldFolder sub(Path name) throws IOException {
        BasicFileAttributes seen = look(name);
        if (seen == null) {
            throw new NoSuchFileException(name.toString());
        }
        if (!seen.isDirectory()) {
            throw new NotDirectoryException(name.toString());
        }
        // Opened with the dot, because a pipe in its place would hold the thread; hence the comparison of the inodes.
        HeldFolder opened = of(stream.newDirectoryStream(requireSingle(name).resolve(ITSELF)), name);
        if (!Objects.equals(seen.fileKey(), opened.key())) {
            opened.close();
            throw new NotDirectoryException(name.toString());
        }
        return opened;
    }

    /** The same folder, held once more, with its {@link #names} unread. */
    public HeldFolder again() throws IOException {
        return of(stream.newDirectoryStream(ITSELF), ITSELF);
    }

    /** Takes the name of each entry, in no order, while the folder is read; in place of {@link #names}. */
    public void forEach(FileTree.EntryAction action) throws IOException {
        FileTree.forEach(stream, entry -> action.on(entry.getFileName()));
    }

    /** The names of its entries, read lazily, in no order. */
    public Iterator<Path> names() {
        Iterator<Path> entries = stream.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Path next() {
                return entries.next().getFileName();
            }
        };
    }

    /** The attributes of an entry, a link's own; null when there is none, or none that this user may see. */
    public BasicFileAttributes look(Path name) throws IOException {
        try {
            return view(name, BasicFileAttributeView.class).readAttributes();
        } catch (FileSystemException none) {
            return null;
        }
    }

    public boolean isThere(Path name) throws IOException {
        return look(name) != null;
    }

    public <V extends FileAttributeView> V view(Path name, Class<V> type) {
        return stream.getFileAttributeView(requireSingle(name), type, LinkOption.NOFOLLOW_LINKS);
    }

    /** The attributes of the folder itself. */
    public BasicFileAttributes itself() throws IOException {
        return viewOfItself(BasicFileAttributeView.class).readAttributes();
    }

    <V extends FileAttributeView> V viewOfItself(Class<V> type) {
        return stream.getFileAttributeView(type);
    }

    /** Device and inode. */
    public Object key() throws IOException {
        return itself().fileKey();
    }

    /**
     * Renames an entry into another folder, whatever it is, in one step. An entry that has the new name is silently
     * replaced: use a name that nobody else can take, or look first.
     *
     * @throws java.nio.file.AtomicMoveNotSupportedException when the other folder is on another file system
     */
    public void move(Path name, HeldFolder target, Path newName) throws IOException {
        stream.move(requireSingle(name), target.stream, requireSingle(newName));
    }

    /** Deletes a file or link. */
    public void deleteFile(Path name) throws IOException {
        stream.deleteFile(requireSingle(name));
    }

    /** Deletes a folder that is empty. */
    public void deleteFolder(Path name) throws IOException {
        stream.deleteDirectory(requireSingle(name));
    }

    /** Opens a file to read. A pipe would hold the thread: only for names that others cannot change. */
    public SeekableByteChannel read(Path name) throws IOException {
        return stream.newByteChannel(requireSingle(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** Opens a new file to write. */
    public SeekableByteChannel create(Path name) throws IOException {
        return stream.newByteChannel(
                requireSingle(name),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                Modes.SHARED_FILE);
    }

    /**
     * Syncs its entries, as {@link AtomicFiles#syncFolder}.
     *
     * @param path by which it was reached
     */
    public void sync(Path path) throws IOException {
        AtomicFiles.syncFolder(path, () -> {
            try (SeekableByteChannel channel = stream.newByteChannel(ITSELF, Set.of(StandardOpenOption.READ))) {
                ((FileChannel) channel).force(true);
            }
        });
    }

    private static Path requireSingle(Path name) {
        String text = name.toString();
        if (name.isAbsolute() || name.getNameCount() != 1 || text.isEmpty() || text.equals("..")) {
            throw new IllegalArgumentException("expected a single name, found '" + name + "'");
        }
        return name;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
