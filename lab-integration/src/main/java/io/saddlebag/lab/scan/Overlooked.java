package io.saddlebag.lab.scan;

import io.saddlebag.message.Printable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names what a drop folder shows and no route can take, once each, so that nothing waits in silence. Remembers at most
 * {@value #MOST} names; those beyond are not named. Any number of threads may call.
 */
final class Overlooked {
    static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Overlooked.class);
    private static final Duration EMPTY_FOR = Duration.ofHours(1);

    private final Set<Path> named = new HashSet<>();
    private final Map<Path, Instant> empty = new HashMap<>();

    /** A sub-folder that this site may not read. */
    synchronized void closed(Path folder) {
        if (isNew(folder)) {
            LOG.warn(
                    "{}: expected a sub-folder that this site may read, found it closed; nothing in it is taken. Open its mode"
                            + " (chmod -R g+rwX, with the group of the user that runs this site)",
                    Printable.of(folder.toString()));
        }
    }

    /** A sub-folder below the deepest that is looked into. */
    synchronized void tooDeep(Path folder, int deepest) {
        if (isNew(folder)) {
            LOG.warn(
                    "{}: expected sub-folders at most {} deep, found this one deeper; nothing in it is taken. Move it up",
                    Printable.of(folder.toString()),
                    deepest);
        }
    }

    /** An entry that lies in no drop folder, but in a folder between two. */
    synchronized void between(Path file) {
        if (isNew(file)) {
            LOG.warn(
                    "{}: lies in a folder that holds a drop folder and is none itself; no route takes it. Move it into a"
                            + " drop folder, or add a route",
                    Printable.of(file.toString()));
        }
    }

    /** A file, link or device where folders alone are taken. */
    synchronized void noFolder(Path file) {
        if (isNew(file)) {
            LOG.warn(
                    "{}: expected a folder, since complete-when of this drop folder's route takes folders alone, found none."
                            + " It stays here; move it into a drop folder for files",
                    Printable.of(file.toString()));
        }
    }

    /**
     * A sub-folder without any entry, where files alone are taken. The first that stays so for an hour is named for all
     * of its drop folder: programs make such folders before their files.
     */
    synchronized void empty(Path root, Path folder, Instant now) {
        if (named.contains(root) || empty.size() >= MOST) {
            return;
        }
        Instant since = empty.putIfAbsent(folder, now);
        if (since != null && !now.isBefore(since.plus(EMPTY_FOR)) && isNew(root)) {
            empty.keySet().removeIf(each -> each.startsWith(root));
            LOG.warn(
                    "{}: an empty sub-folder; with recursive: true files are taken and folders stay, this one and others."
                            + " Remove it, or have a folder sent by a route without recursive",
                    Printable.of(folder.toString()));
        }
    }

    /** A sub-folder with something in it. */
    synchronized void filled(Path folder) {
        empty.remove(folder);
    }

    private boolean isNew(Path path) {
        return named.size() < MOST && named.add(path);
    }
}
