package io.saddlebag.lab.claim;

import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.TreeLook;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;

/**
 * The identity of a file or folder, and its last change: every write to it, new name, and change of owner or mode alters the
 * second value, in a folder that of any entry. Looks by paths and reads no file, so that it may decide nothing that a
 * dropper could gain by.
 *
 * @param inode device and inode
 * @param changed the newest ctime in it
 */
public record ChangeLook(String inode, Instant changed) {
    /** Begins the identity of what stays by order. */
    private static final String COPY = "copy:";

    private static final int DEEPEST = 64;

    /** @throws IOException when it is gone */
    public static ChangeLook of(Path file) throws IOException {
        BasicFileAttributes look = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new ChangeLook(inodeOf(look), look.isDirectory() ? newest(file) : changeOf(file));
    }

    /**
     * The look of what stays by order (take: copy). A folder is as it was while the files that say it is complete are; one
     * that none say so of, while all that travels of it is. Device, inode and ctime do not count, since they are others
     * when a share is mounted again.
     */
    public static ChangeLook ofCopied(Dropped drop, DropRules rules) throws IOException {
        return drop.root().at(drop.file(), (folder, name) -> ofCopied(folder, name, rules));
    }

    private static ChangeLook ofCopied(HeldFolder folder, Path name, DropRules rules) throws IOException {
        BasicFileAttributes look = folder.look(name);
        if (look == null) {
            throw new NoSuchFileException(name.toString());
        }
        if (!look.isDirectory()) {
            return new ChangeLook(COPY + look.size(), look.lastModifiedTime().toInstant());
        }
        if (!rules.takesFoldersAlone()) {
            TreeLook tree = rules.look(folder, name, SystemFiles.USUAL);
            return new ChangeLook(COPY + Long.toHexString(tree.fingerprint()), tree.modified());
        }
        try (HeldFolder sub = folder.sub(name)) {
            FileTime marked = rules.marked(sub);
            return new ChangeLook(COPY + "marked", marked == null ? Instant.EPOCH : marked.toInstant());
        }
    }

    /** True if it is the look of what stays by order. */
    public static boolean isOfCopied(String inode) {
        return inode.startsWith(COPY);
    }

    public static String inodeOf(BasicFileAttributes look) {
        return String.valueOf(look.fileKey());
    }

    /** The ctime of the entry itself. */
    public static Instant changeOf(Path file) throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant();
    }

    private static Instant newest(Path folder) throws IOException {
        Newest newest = new Newest();
        Files.walkFileTree(folder, Set.of(), DEEPEST, newest);
        return newest.time;
    }

    private static final class Newest extends SimpleFileVisitor<Path> {
        private Instant time = Instant.MIN;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes look) throws IOException {
            return visitFile(folder, look);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes look) throws IOException {
            Instant change = changeOf(file);
            time = change.isAfter(time) ? change : time;
            return FileVisitResult.CONTINUE;
        }

        /** Gone or closed meanwhile, which its folder's time shows. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }
}
