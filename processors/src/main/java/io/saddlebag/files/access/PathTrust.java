package io.saddlebag.files.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Judges who could exchange or change what a path leads to. A path is walked from the root folder, link by link as the
 * kernel does, and every folder on the way is judged: who may rename an entry there decides what lies below. Faults are
 * gathered, so that an operator sees all of them together. For one thread.
 */
public final class PathTrust {
    private static final int MOST_LINKS = 40;

    private final int user;
    private final Path home;
    private final Consumer<String> warnings;
    private final List<String> faults = new ArrayList<>();
    private final Set<String> said = new HashSet<>();

    /**
     * @param user the number of the user that runs the site
     * @param home folders from here downwards must be writable by nobody else, not by the group either
     * @param warnings gets a line for each other folder on the way that its group may write
     */
    public PathTrust(int user, Path home, Consumer<String> warnings) throws IOException {
        this.user = user;
        this.home =
                Files.exists(home) ? home.toRealPath() : home.toAbsolutePath().normalize();
        this.warnings = warnings;
    }

    /** A line for each fault that was found: what was expected, what was found, what to do. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /**
     * Judges the folders that lead to a path, not what it names. Where some are still to be made, those that are there.
     *
     * @return what the path names, its links resolved; null when it is not there
     */
    public Path judgeParents(Path path) throws IOException {
        Deque<Path> names = new ArrayDeque<>();
        Path absolute = path.toAbsolutePath();
        absolute.forEach(names::add);
        Path at = absolute.getRoot();
        int links = 0;
        while (!names.isEmpty()) {
            Path entry = at.resolve(names.pop()).normalize();
            Ownership found = judgeFolder(at, entry);
            if (found == null) {
                return null;
            }
            if (!Files.isSymbolicLink(entry)) {
                at = entry;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new IOException(path + ": expected at most " + MOST_LINKS + " links on the way, found more");
            }
            Path target = at.resolve(Files.readSymbolicLink(entry));
            List<Path> rest = new ArrayList<>();
            target.forEach(rest::add);
            for (int i = rest.size() - 1; i >= 0; i--) {
                names.push(rest.get(i));
            }
            at = target.getRoot();
        }
        return at;
    }

    /** Judges the folders on the way, and the file or folder itself: of this user or root, writable by nobody else. */
    public void judge(Path path) throws IOException {
        judge(path, false);
    }

    /** As {@link #judge}, but others may write in a folder that is sticky, such as the root of a tmpfs. */
    public void judgeOwn(Path path) throws IOException {
        judge(path, true);
    }

    private void judge(Path path, boolean mayBeSticky) throws IOException {
        Path file = judgeParents(path);
        if (file == null) {
            return;
        }
        Ownership found = Ownership.of(file);
        if (!found.isOf(user)) {
            fault(file + ": expected a file or folder of " + owners() + ", found one of user " + found.owner()
                    + ". If its content is yours, run: chown " + user + " " + file);
        } else if ((found.groupMayWrite() || found.othersMayWrite()) && !(mayBeSticky && found.isSticky())) {
            fault(file + ": expected a file or folder that nobody else may write, found mode " + found.octal()
                    + ". Run: chmod go-w " + file);
        }
    }

    /**
     * Judges the folders on the way and a folder in which others may write, but not exchange the files of this site.
     * The folder has to belong to this user or root, and to be sticky where others may write. A path that is no folder
     * passes.
     */
    public void judgeShared(Path path) throws IOException {
        Path folder = judgeParents(path);
        if (folder != null && Files.isDirectory(folder)) {
            SharedFolder.fault(folder, Ownership.of(folder), user).ifPresent(this::fault);
        }
    }

    /** The entry's ownership, a link's own; null when there is none. */
    private Ownership judgeFolder(Path folder, Path entry) throws IOException {
        Ownership found = Ownership.of(folder);
        Ownership of;
        try {
            of = Ownership.of(entry, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            of = null;
        }
        boolean isGuarded = found.isSticky() && (of == null || of.isOf(user));
        if (!found.isOf(user)) {
            fault(folder + ": expected a folder of " + owners() + ", found one of user " + found.owner()
                    + ", who can exchange " + entry + ". Move that elsewhere, or run: chown " + user + " " + folder);
        } else if (found.othersMayWrite() && !isGuarded) {
            fault(folder + ": expected a folder in which nobody else can exchange " + entry + ", found mode "
                    + found.octal() + (of == null ? "" : " and the entry of user " + of.owner())
                    + ". Run: chmod o-w " + folder + ", or move the entry elsewhere");
        } else if (found.groupMayWrite() && !isGuarded) {
            if (folder.startsWith(home)) {
                fault(folder + ": expected a folder that nobody else may write, found mode " + found.octal()
                        + ". Run: chmod g-w " + folder);
            } else if (said.add(folder.toString())) {
                warnings.accept(folder + ": its group may write there (mode " + found.octal()
                        + ") and can exchange what lies below, this site's home and folders with it. Run: chmod g-w "
                        + folder + ", unless everybody in that group may act as this site");
            }
        }
        return of;
    }

    private void fault(String line) {
        if (said.add(line)) {
            faults.add(line);
        }
    }

    private String owners() {
        return user == 0 ? "root" : "this site's user (" + user + ") or root";
    }
}
