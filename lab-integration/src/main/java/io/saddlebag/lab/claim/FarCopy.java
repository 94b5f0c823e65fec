package io.saddlebag.lab.claim;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.EarlySync;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.TreeLook;
import io.saddlebag.files.access.Modes;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.lab.claim.NotTakenException.Kind;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Copies a claimed file or folder from another file system: each file and folder synced, the files with their times.
 * The source is read through held folders. For one thread.
 */
final class FarCopy {
    private static final int BUFFER = 128 * 1024;

    private final FolderLimits limits;
    private final CopyThreads.Progress progress;
    private final ProgressLog log;
    private final boolean sharedAlone;
    private final DropRules rules;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long entries;
    private long bytes;
    /** Null when all of a folder is copied. */
    private LeftOutNote leftOut;

    /**
     * @param sharedAlone whether to refuse files that their owner alone may read: others may change names there, so that
     *     one could be a second name of a key
     * @param rules which say what of a folder is not copied
     */
    FarCopy(FolderLimits limits, CopyThreads.Progress progress, ProgressLog log, boolean sharedAlone, DropRules rules) {
        this.rules = rules;
        this.log = log;
        this.sharedAlone = sharedAlone;
        this.limits = limits;
        this.progress = progress;
    }

    /**
     * @param target does not exist
     * @throws NotTakenException when the source is written to meanwhile, cannot be read, or is more than the limits allow
     */
    void copy(HeldFolder folder, Path name, Path target) throws IOException {
        BasicFileAttributes look = folder.look(name);
        if (look == null || !look.isDirectory()) {
            copyFile(folder, name, target, name.toString());
            return;
        }
        DropRules part = isBag(folder, name) ? DropRules.USUAL : rules;
        leftOut = part.exclude().isEmpty() ? null : new LeftOutNote(part.exclude());
        TreeLook before = part.look(folder, name, SystemFiles.USUAL);
        try {
            copyFolder(folder, name, target, "", 1);
            if (leftOut != null) {
                leftOut.writeInto(target);
            }
        } catch (Refusal e) {
            throw new NotTakenException(Kind.UNTAKEABLE, name.toString(), e.reason(), e);
        }
        if (!part.look(folder, name, SystemFiles.USUAL).equals(before)) {
            throw changed(name.toString());
        }
    }

    /** All of a bag is copied, since its manifests say later which files are data. */
    private static boolean isBag(HeldFolder folder, Path name) throws IOException {
        try (HeldFolder sub = folder.sub(name)) {
            return sub.isThere(Path.of("bagit.txt"));
        }
    }

    private void copyFolder(HeldFolder parent, Path name, Path target, String prefix, int depth) throws IOException {
        progress.made();
        try (HeldFolder folder = parent.sub(name)) {
            Files.createDirectory(target, Modes.SHARED_FOLDER);
            folder.forEach(entry -> {
                String path = prefix + entry;
                BasicFileAttributes look = folder.look(entry);
                if (leftOut != null && rules.isExcluded(path)) {
                    leftOut.add(path, look != null && look.isDirectory());
                    return;
                }
                limits.requireEntries(++entries);
                limits.requireDepth(depth, path);
                if (look != null && look.isDirectory()) {
                    copyFolder(folder, entry, target.resolve(entry.toString()), path + "/", depth + 1);
                } else {
                    copyFile(folder, entry, target.resolve(entry.toString()), path);
                }
            });
        } catch (AccessDeniedException e) {
            throw unreadable(prefix.isEmpty() ? name.toString() : prefix, e);
        }
        AtomicFiles.syncFolder(target);
    }

    private void copyFile(HeldFolder folder, Path name, Path target, String path) throws IOException {
        progress.made();
        BasicFileAttributes before = folder.look(name);
        if (before == null || !before.isRegularFile()) {
            throw new NotTakenException(
                    Kind.UNTAKEABLE,
                    path,
                    "expected a regular file, found a link, device or pipe, or nothing. Put the file there");
        }
        if (sharedAlone) {
            requireShared(folder, name, path);
        }
        limits.requireBytes(bytes += before.size());
        long copied = 0;
        try (SeekableByteChannel in = folder.read(name);
                FileChannel out = FileChannel.open(
                        target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Modes.SHARED_FILE);
                EarlySync early = new EarlySync(() -> out.force(false))) {
            while (in.read(buffer.clear()) >= 0) {
                copied += buffer.flip().remaining();
                early.wrote(buffer.remaining());
                log.add(buffer.remaining());
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                progress.made();
            }
            early.finish();
            out.force(true);
        } catch (AccessDeniedException e) {
            throw unreadable(path, e);
        }
        BasicFileAttributes after = folder.look(name);
        if (after == null
                || copied != before.size()
                || after.size() != copied
                || !after.lastModifiedTime().equals(before.lastModifiedTime())) {
            throw changed(path);
        }
        Files.setLastModifiedTime(target, before.lastModifiedTime());
    }

    private static void requireShared(HeldFolder folder, Path name, String path) throws IOException {
        Set<PosixFilePermission> mode =
                folder.view(name, PosixFileAttributeView.class).readAttributes().permissions();
        if (!mode.contains(PosixFilePermission.GROUP_READ) && !mode.contains(PosixFilePermission.OTHERS_READ)) {
            throw new NotTakenException(
                    Kind.UNTAKEABLE,
                    path,
                    "expected a file that its group may read, found one for its owner alone, which this site copies out"
                            + " of no folder that others may change. Open its mode (chmod g+r)");
        }
    }

    private static NotTakenException changed(String path) {
        return new NotTakenException(Kind.CHANGED_MEANWHILE, path, "it was written to while it was copied");
    }

    private static NotTakenException unreadable(String path, AccessDeniedException e) {
        return new NotTakenException(
                Kind.UNTAKEABLE,
                path,
                "expected a file that this site may read, found one that it may not. Open its mode (chmod g+r, of a"
                        + " folder chmod -R g+rwX), or its group",
                e);
    }

    /** Deletes a file or a folder with all that is in it, through held folders. */
    static void delete(HeldFolder folder, Path name) throws IOException {
        BasicFileAttributes look = folder.look(name);
        if (look != null && look.isDirectory()) {
            try (HeldFolder sub = folder.sub(name)) {
                sub.forEach(entry -> delete(sub, entry));
            }
            folder.deleteFolder(name);
        } else if (look != null) {
            folder.deleteFile(name);
        }
    }
}
