package io.saddlebag.files.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The modes of what a site makes, given when it is made. The umask of the process can only take rights away from them.
 */
public final class Modes {
    /** A file for the site alone, 0600: keys, journals, the spool. */
    public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE = of("rw-------");
    /** A folder for the site alone, 0700. */
    public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER = of("rwx------");
    /** A file that the site's group may read, 0640: outbox, sent, failed, settings, routes. */
    public static final FileAttribute<Set<PosixFilePermission>> SHARED_FILE = of("rw-r-----");
    /** A folder that the site's group may list and enter, 0750. */
    public static final FileAttribute<Set<PosixFilePermission>> SHARED_FOLDER = of("rwxr-x---");

    private static final int GROUP = 0070;
    private static final int PERMISSIONS = 07777;

    private Modes() {}

    private static FileAttribute<Set<PosixFilePermission>> of(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    /**
     * Opens a new folder to the group, whatever the umask; the setgid bit stays.
     *
     * @param folder in a folder in which nobody else can exchange it
     */
    public static void letGroupWrite(Path folder) throws IOException {
        Ownership found = Ownership.of(folder, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(folder, "unix:mode", found.mode() & PERMISSIONS | GROUP);
    }
}
