package io.saddlebag.lab.claim;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.OwnFolder;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders in which claims lie, each held open: for a drop folder one in the work folder, and one in itself when it
 * is on another file system. For any number of threads.
 */
final class ClaimFolders {
    /** The claims folder in a drop folder on another file system. */
    static final String FAR = ".saddlebag-claims";

    private static final Logger LOG = LoggerFactory.getLogger(ClaimFolders.class);
    private static final Path FAR_NAME = Path.of(FAR);
    private static final int LONGEST_KEY = 200;

    private final Path home;
    private final Path base;
    private final Map<Path, Claims> near = new ConcurrentHashMap<>();
    private final Map<Path, Claims> far = new ConcurrentHashMap<>();

    /** @param held the same folder, whatever its path leads to meanwhile */
    record Claims(Path path, HeldFolder held) {}

    /** @param base of those in the work folder */
    ClaimFolders(Path home, Path base) {
        this.home = home;
        this.base = base;
    }

    static boolean isFar(Dropped claimed) {
        return claimed.claim().startsWith(claimed.root().path().resolve(FAR));
    }

    /** The one in the work folder, if it was made before. */
    Optional<Claims> nearIfThere(DropRoot root) throws IOException {
        boolean isThere = Files.isDirectory(base.resolve(keyOf(root.path())), LinkOption.NOFOLLOW_LINKS);
        return isThere ? Optional.of(near(root)) : Optional.empty();
    }

    /** The one in the drop folder, if something has its name. */
    Optional<Claims> farIfThere(DropRoot root) throws IOException {
        return root.folder().isThere(FAR_NAME) ? Optional.of(far(root)) : Optional.empty();
    }

    /** True if the folder is the claims folder, renamed by somebody, and no dropped one. */
    static boolean isOne(Dropped listed) throws IOException {
        return listed.root().at(listed.file(), (folder, name) -> {
            try (HeldFolder sub = folder.sub(name)) {
                Iterator<Path> names = sub.names();
                boolean isOne = names.hasNext();
                while (isOne && names.hasNext()) {
                    isOne = ClaimName.parse(names.next().toString()).isPresent();
                }
                return isOne;
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        });
    }

    /**
     * Gives the claims folder its name again, which somebody renamed.
     *
     * @throws java.nio.file.DirectoryNotEmptyException when there is another with claims in it
     */
    void putHome(Dropped renamed) throws IOException {
        HeldFolder root = renamed.root().folder();
        if (root.isThere(FAR_NAME)) {
            // An empty one that the site made anew; one with claims in it stays.
            root.deleteFolder(FAR_NAME);
        }
        renamed.root().at(renamed.file(), (folder, name) -> {
            folder.move(name, root, FAR_NAME);
            return null;
        });
        far.remove(renamed.root().path());
    }

    Claims near(DropRoot root) throws IOException {
        Claims known = near.get(root.path());
        return known == null ? openNear(root) : known;
    }

    private synchronized Claims openNear(DropRoot root) throws IOException {
        Claims known = near.get(root.path());
        if (known == null) {
            AtomicFiles.createFolders(base.getParent());
            OwnFolder.make(base).close();
            Path folder = base.resolve(keyOf(root.path()));
            known = new Claims(folder, OwnFolder.make(folder));
            AtomicFiles.removeUnfinished(folder);
            near.put(root.path(), known);
        }
        return known;
    }

    /** The drop folder's path within the home, as a name. */
    private String keyOf(Path root) {
        String key = URLEncoder.encode(home.relativize(root).toString(), StandardCharsets.UTF_8);
        return key.length() <= LONGEST_KEY
                ? key
                : key.substring(0, LONGEST_KEY) + "-" + Integer.toHexString(key.hashCode());
    }

    /** Looks each time whether it is there still: whoever drops files can rename it. */
    synchronized Claims far(DropRoot root) throws IOException {
        Claims known = far.get(root.path());
        BasicFileAttributes look = root.folder().look(FAR_NAME);
        if (known != null
                && look != null
                && Objects.equals(look.fileKey(), known.held().key())) {
            return known;
        }
        if (known != null) {
            LOG.warn("{}: somebody moved the claims folder away; a new one is made", known.path());
        }
        Path folder = root.path().resolve(FAR);
        Claims opened = new Claims(folder, OwnFolder.makeIn(root.folder(), FAR_NAME, folder));
        far.put(root.path(), opened);
        return opened;
    }
}
