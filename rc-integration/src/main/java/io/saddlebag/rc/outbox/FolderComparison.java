package io.saddlebag.rc.outbox;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.access.Ownership;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares a folder that this site alone can reach with one that lies where others may exchange names. The other is held
 * open from its top and believed only while each folder of it is this site's and closed to the writing of others: within
 * such folders nobody exchanges anything. Follows no link. For any number of threads.
 */
final class FolderComparison {
    private static final int BUFFER = 64 * 1024;
    private static final Path ITSELF = Path.of(".");

    private final int user;

    FolderComparison(int user) {
        this.user = user;
    }

    /** @return false also when the other is a link, a file or another user's */
    boolean isSame(Path own, Path other) throws IOException {
        Ownership found = Ownership.of(other, LinkOption.NOFOLLOW_LINKS);
        if (!found.isFolder() || !found.isOf(user)) {
            return false;
        }
        try (HeldFolder parent = HeldFolder.open(other.toAbsolutePath().getParent());
                HeldFolder held = parent.sub(other.getFileName())) {
            return isSame(own, held);
        } catch (FileSystemException e) {
            // A reader exchanged it meanwhile.
            return false;
        }
    }

    private static boolean isSame(Path own, HeldFolder other) throws IOException {
        if (!isClosedToOthers(own, other)) {
            return false;
        }
        Set<Path> expected = new TreeSet<>();
        FileTree.forEach(own, entry -> expected.add(entry.getFileName()));
        Set<Path> found = new TreeSet<>();
        other.forEach(found::add);
        if (!found.equals(expected)) {
            return false;
        }
        for (Path name : expected) {
            if (!isSame(own.resolve(name), other, name)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Path own, HeldFolder folder, Path name) throws IOException {
        BasicFileAttributes found = folder.look(name);
        BasicFileAttributes expected = Files.readAttributes(own, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (found == null || found.isDirectory() != expected.isDirectory()) {
            return false;
        }
        if (expected.isDirectory()) {
            try (HeldFolder below = folder.sub(name)) {
                return isSame(own, below);
            }
        }
        return found.isRegularFile() && found.size() == expected.size() && isSameContent(own, folder, name);
    }

    private static boolean isSameContent(Path own, HeldFolder folder, Path name) throws IOException {
        try (InputStream mine = Files.newInputStream(own, LinkOption.NOFOLLOW_LINKS);
                InputStream theirs = Channels.newInputStream(folder.read(name))) {
            byte[] expected = mine.readNBytes(BUFFER);
            while (Arrays.equals(expected, theirs.readNBytes(BUFFER))) {
                if (expected.length == 0) {
                    return true;
                }
                expected = mine.readNBytes(BUFFER);
            }
            return false;
        }
    }

    private static boolean isClosedToOthers(Path own, HeldFolder folder) throws IOException {
        PosixFileAttributes found =
                folder.view(ITSELF, PosixFileAttributeView.class).readAttributes();
        Set<PosixFilePermission> permissions = found.permissions();
        return found.owner().equals(Files.getOwner(own))
                && !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }
}
