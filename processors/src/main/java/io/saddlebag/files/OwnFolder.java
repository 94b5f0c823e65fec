package io.saddlebag.files;

import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder that the site's own user alone may enter, held open: mode 0700, made when there is none. */
public final class OwnFolder {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFolder.class);
    private static final Set<PosixFilePermission> MODE = Modes.PRIVATE_FOLDER.value();

    private OwnFolder() {}

    /**
     * Makes a folder where nobody else can change names.
     *
     * @throws FileSystemException when something else has the name, or another owner
     */
    public static HeldFolder make(Path folder) throws IOException {
        create(folder);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw notOwn(folder, "something else");
        }
        return checked(HeldFolder.open(folder), folder);
    }

    /**
     * Makes a folder in one where others may change names.
     *
     * @param named where it lies, to make it and to name it
     * @throws FileSystemException when something else has the name, or another owner
     */
    public static HeldFolder makeIn(HeldFolder parent, Path name, Path named) throws IOException {
        if (!parent.isThere(name)) {
            create(named);
        }
        try {
            return checked(parent.sub(name), named);
        } catch (NotDirectoryException e) {
            throw notOwn(named, "a link or file");
        }
    }

    private static void create(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, Modes.PRIVATE_FOLDER);
            AtomicFiles.syncFolder(folder.toAbsolutePath().getParent());
        } catch (FileAlreadyExistsException e) {
            // Looked at next.
            return;
        }
    }

    private static HeldFolder checked(HeldFolder folder, Path named) throws IOException {
        try {
            check(folder, named);
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static void check(HeldFolder folder, Path named) throws IOException {
        PosixFileAttributeView view = folder.viewOfItself(PosixFileAttributeView.class);
        PosixFileAttributes found = view.readAttributes();
        if (!found.owner().equals(self(folder, named))) {
            throw notOwn(named, "one of " + found.owner().getName());
        }
        if (!found.permissions().equals(MODE)) {
            view.setPermissions(MODE);
            Set<PosixFilePermission> now = view.readAttributes().permissions();
            if (!now.equals(MODE)) {
                LOG.warn(
                        "{}: expected a folder that only this site's user may enter (0700), found a file system that"
                                + " keeps {}. Whoever may enter it can change a file while it is copied",
                        named,
                        PosixFilePermissions.toString(now));
            }
        }
    }

    /** The owner of a new file there, which may be another one on a share. */
    private static UserPrincipal self(HeldFolder folder, Path named) throws IOException {
        Path probe = Path.of("." + UUID.randomUUID() + AtomicFiles.TEMPORARY_SUFFIX);
        try {
            folder.create(probe).close();
        } catch (AccessDeniedException e) {
            throw notOwn(named, "one that it may not write to");
        }
        try {
            return folder.view(probe, PosixFileAttributeView.class)
                    .readAttributes()
                    .owner();
        } finally {
            folder.deleteFile(probe);
        }
    }

    private static FileSystemException notOwn(Path named, String found) {
        return new FileSystemException(
                named.toString(),
                null,
                "expected a folder of this site's own user, found " + found + ". Take it away; the site makes its own");
    }
}
