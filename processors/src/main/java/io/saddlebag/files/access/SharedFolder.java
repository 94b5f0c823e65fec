package io.saddlebag.files.access;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder in which a site makes folders that only it may exchange, though the group may write there: the sticky bit
 * keeps each entry to its owner.
 */
public final class SharedFolder {
    private SharedFolder() {}

    /**
     * @param folder by its own path, not through a link
     * @throws IOException when others can exchange what the site makes in it; says what to do
     */
    public static Ownership require(Path folder, int user) throws IOException {
        Ownership found = Ownership.of(folder);
        Optional<String> fault = fault(folder, found, user);
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
        return found;
    }

    /**
     * @param folder in a folder that passed {@link #require}
     * @return false when it is not there
     * @throws IOException when it is a link, no folder, or of another user, whoever put it there; says what to do
     */
    public static boolean requireOwn(Path folder, int user) throws IOException {
        Ownership found;
        try {
            found = Ownership.of(folder, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return false;
        }
        if (!found.isFolder()) {
            throw new IOException(folder + ": expected a folder of this site, found a link or file of user "
                    + found.owner() + ", through which nothing is written. Look who put it there, then run: rm "
                    + folder);
        }
        if (!found.isOf(user) || found.othersMayWrite()) {
            throw new IOException(folder + ": expected a folder of this site's user (" + user
                    + ") that only its group may write besides, found user " + found.owner() + ", mode "
                    + found.octal() + ". Look who put it there, then move it away");
        }
        return true;
    }

    /** True when {@link #requireOwn} would accept the folder. */
    public static boolean isOwn(Path folder, int user) throws IOException {
        Ownership found = Ownership.of(folder, LinkOption.NOFOLLOW_LINKS);
        return found.isFolder() && found.isOf(user) && !found.othersMayWrite();
    }

    static Optional<String> fault(Path folder, Ownership found, int user) {
        if (!found.isFolder()) {
            return Optional.of(folder + ": expected a folder, found something else. Move it away");
        }
        if (!found.isOf(user)) {
            return Optional.of(folder + ": expected a folder of this site's user (" + user
                    + ") or root, found one of user " + found.owner() + ", who can exchange what is in it. Run: chown "
                    + user + " " + folder);
        }
        if ((found.groupMayWrite() || found.othersMayWrite()) && !found.isSticky()) {
            return Optional.of(folder + ": expected the sticky bit on a folder that others may write, found mode "
                    + found.octal() + ", with which they can exchange the folders in it. Run: chmod 3770 "
                    + folder + ", or chmod go-w where nobody else is to write");
        }
        return Optional.empty();
    }
}
