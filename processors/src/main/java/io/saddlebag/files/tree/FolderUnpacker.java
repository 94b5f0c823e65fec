package io.saddlebag.files.tree;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * Makes a folder of a tar that came from elsewhere. The tar is not trusted. Every name is judged before a file or
 * folder is made under it, and a name that occurs twice is refused. Limits are checked before bytes are written, and no
 * link is made that a later entry could lead through. For any number of threads.
 */
public final class FolderUnpacker {
    private static final int BUFFER = 64 * 1024;

    private final FolderLimits limits;

    public FolderUnpacker(FolderLimits limits) {
        this.limits = limits;
    }

    /**
     * Unpacks to the tar's last byte; then all of it is on the disk. Remains of an earlier attempt under the target's
     * name are deleted first. Does not close the stream.
     *
     * @param target in a folder that exists; to be given its real name by a rename
     * @return a walk through the unpacked folder, at its end
     * @throws Refusal {@code BAD_NAME}, {@code BAD_FILE}, {@code TOO_LARGE} or {@code MALFORMED}; nothing is left
     * @throws IOException when it cannot be written; nothing is left, where that can be deleted
     */
    public FolderWalk unpack(InputStream tar, Path target) throws IOException {
        FileTree.delete(target);
        try {
            Files.createDirectory(target, Modes.SHARED_FOLDER);
            write(new TarReader(new BufferedInputStream(tar, BUFFER)), target);
            return sync(target);
        } catch (IOException | RuntimeException e) {
            FileTree.delete(target);
            throw e;
        }
    }

    private void write(TarReader tar, Path target) throws IOException {
        Made made = new Made(target);
        for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
            List<String> names = EntryName.namesOf(entry.path());
            limits.requireDepth(names.size(), entry.path());
            try {
                Path folder = made.parent(names, entry);
                Path file = folder.resolve(names.get(names.size() - 1));
                made.count();
                if (entry.isFolder()) {
                    Files.createDirectory(file, Modes.SHARED_FOLDER);
                } else {
                    made.add(entry.size());
                    try (OutputStream out = create(file)) {
                        tar.copyTo(out);
                    }
                }
            } catch (FileAlreadyExistsException e) {
                throw twice(entry.path(), e);
            } catch (InvalidPathException e) {
                throw unspeakable(entry.path(), e);
            }
        }
    }

    /** The name is good, and it is this process that cannot have it. */
    private static Refusal unspeakable(String path, InvalidPathException e) {
        return new Refusal(
                Refusal.Code.BAD_NAME,
                "Expected UTF-8 file names where the folder is unpacked, found "
                        + System.getProperty("sun.jnu.encoding")
                        + ". Start it there with LC_ALL=C.UTF-8 and deliver again; the name is '" + Printable.of(path)
                        + "'",
                e);
    }

    private static OutputStream create(Path file) throws IOException {
        return Channels.newOutputStream(Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Modes.SHARED_FILE));
    }

    private static Refusal twice(String path, FileAlreadyExistsException e) {
        return new Refusal(
                Refusal.Code.BAD_NAME,
                "Expected each name once in the tar, found '" + Printable.of(path)
                        + "' twice. The sender must send it again",
                e);
    }

    /** All to the disk, in a second pass: the writes are then under way together. Judges the whole as a lab would. */
    private FolderWalk sync(Path target) throws IOException {
        FolderWalk walk = new FolderWalk(target, limits);
        for (FolderWalk.Entry entry = walk.next(); entry != null; entry = walk.next()) {
            if (entry.isFolder()) {
                AtomicFiles.syncFolder(entry.file());
            } else {
                AtomicFiles.sync(entry.file());
            }
        }
        AtomicFiles.syncFolder(target);
        return walk;
    }

    /** Counts the entries and bytes made so far. */
    private final class Made {
        private final Path target;
        private Path lastParent;
        private long entries;
        private long bytes;

        Made(Path target) {
            this.target = target;
            this.lastParent = target;
        }

        void count() {
            limits.requireEntries(++entries);
        }

        void add(long size) {
            bytes += size;
            limits.requireBytes(bytes);
        }

        /** The folder that holds the entry; made where the tar does not name it before. */
        Path parent(List<String> names, TarReader.Entry entry) throws IOException {
            Path parent = target;
            for (String name : names.subList(0, names.size() - 1)) {
                parent = parent.resolve(name);
            }
            if (!parent.equals(lastParent)) {
                Path folder = target;
                for (String name : names.subList(0, names.size() - 1)) {
                    folder = folder.resolve(name);
                    makeFolder(folder, entry);
                }
                lastParent = parent;
            }
            return parent;
        }

        private void makeFolder(Path folder, TarReader.Entry entry) throws IOException {
            try {
                Files.createDirectory(folder, Modes.SHARED_FOLDER);
                count();
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    throw twice(entry.path(), e);
                }
            }
        }
    }
}
