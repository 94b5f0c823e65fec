package io.saddlebag.files.access;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Owner and mode of a file, as POSIX has them. An access control list shows in the mode: its mask takes the place of the
 * group's bits, so that an entry that lets a named user write reads as "the group may write". NFSv4 lists are not read.
 *
 * @param owner the user's number
 * @param mode type and permission bits, as {@code st_mode}
 */
public record Ownership(int owner, int mode) {
    private static final int ROOT = 0;
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int REGULAR = 0100000;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int GROUP_AND_OTHERS = 0077;

    /** @throws java.nio.file.NoSuchFileException when nothing is there */
    public static Ownership of(Path file, LinkOption... options) throws IOException {
        Map<String, Object> found = Files.readAttributes(file, "unix:uid,mode", options);
        return new Ownership((Integer) found.get("uid"), (Integer) found.get("mode"));
    }

    /** The number of the user that runs this process. */
    public static int thisUser() {
        return (int) new UnixSystem().getUid();
    }

    /** True when it belongs to that user or to root. */
    public boolean isOf(int user) {
        return owner == user || owner == ROOT;
    }

    public boolean isFolder() {
        return (mode & TYPE) == FOLDER;
    }

    public boolean isRegularFile() {
        return (mode & TYPE) == REGULAR;
    }

    /** True when only the owner of an entry, or of the folder, may rename or delete it there. */
    boolean isSticky() {
        return (mode & STICKY) != 0;
    }

    public boolean groupMayWrite() {
        return (mode & GROUP_WRITES) != 0;
    }

    public boolean othersMayWrite() {
        return (mode & OTHERS_WRITE) != 0;
    }

    /** True when only its owner has any right on it. */
    public boolean isPrivate() {
        return (mode & GROUP_AND_OTHERS) == 0;
    }

    /** As {@code chmod} takes it, such as 2770. */
    public String octal() {
        return Integer.toOctalString(mode & PERMISSIONS);
    }
}
