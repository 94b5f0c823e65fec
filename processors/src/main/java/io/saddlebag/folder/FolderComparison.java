package io.saddlebag.folder;

import io.saddlebag.folder.access.Ownership;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
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
        try (SecureDirectoryStream<Path> parent = open(other.toAbsolutePath().getParent());
                SecureDirectoryStream<Path> held =
                        parent.newDirectoryStream(other.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
            return isSame(own, held);
        } catch (FileSystemException e) {
            // A reader exchanged it meanwhile.
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static SecureDirectoryStream<Path> open(Path folder) throws IOException {
        DirectoryStream<Path> opened = Files.newDirectoryStream(folder);
        if (opened instanceof SecureDirectoryStream<Path> held) {
            return held;
        }
        opened.close();
        throw new IOException(folder + ": expected a file system whose folders can be held open, found another");
    }

    private static boolean isSame(Path own, SecureDirectoryStream<Path> other) throws IOException {
        if (!isClosedToOthers(other, own)) {
            return false;
        }
        Set<String> expected = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(own)) {
            entries.forEach(entry -> expected.add(entry.getFileName().toString()));
        }
        Set<String> found = new TreeSet<>();
        other.forEach(entry -> found.add(entry.getFileName().toString()));
        if (!found.equals(expected)) {
            return false;
        }
        for (String name : expected) {
            if (!isSame(own.resolve(name), other, Path.of(name))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Path own, SecureDirectoryStream<Path> folder, Path name) throws IOException {
        BasicFileAttributes found = folder.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        BasicFileAttributes expected = Files.readAttributes(own, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (expected.isDirectory()) {
            if (!found.isDirectory()) {
                return false;
            }
            try (SecureDirectoryStream<Path> below = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                return isSame(own, below);
            }
        }
        return found.isRegularFile() && found.size() == expected.size() && isSameContent(own, folder, name);
    }

    private static boolean isSameContent(Path own, SecureDirectoryStream<Path> folder, Path name) throws IOException {
        try (InputStream mine = Files.newInputStream(own, LinkOption.NOFOLLOW_LINKS);
                InputStream theirs = Channels.newInputStream(
                        folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
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

    private static boolean isClosedToOthers(SecureDirectoryStream<Path> folder, Path own) throws IOException {
        PosixFileAttributes found =
                folder.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
        Set<PosixFilePermission> permissions = found.permissions();
        return found.owner().equals(Files.getOwner(own))
                && !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }
}
