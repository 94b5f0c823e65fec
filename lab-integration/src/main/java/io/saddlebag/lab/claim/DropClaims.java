package io.saddlebag.lab.claim;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.access.Modes;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderRebuild;
import io.saddlebag.lab.claim.ClaimFolders.Claims;
import io.saddlebag.lab.claim.NotTakenException.Kind;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes dropped files out of reach of whoever dropped them: each is renamed under a random name into a folder that the
 * site's own user alone may enter, and is looked at only there. That folder lies in the work folder; for a drop folder
 * on another file system in the drop folder itself, from where the file is copied on. The entry's name says what it is,
 * so that a start finds the claims that a crash left. For any number of threads.
 */
public final class DropClaims implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DropClaims.class);
    private static final String NEAR = ".claims";

    private final Path base;
    private final FolderLimits limits;
    private final ClaimFolders folders;
    private final FarClaims far;
    private final SecureRandom random = new SecureRandom();
    /** Names of the entries that this process has in hand. */
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param work a folder in which nobody else may change names
     * @param patience with a copy that makes no progress
     */
    public DropClaims(Path home, Path work, FolderLimits limits, Duration patience) {
        this.base = baseIn(work);
        this.limits = limits;
        this.folders = new ClaimFolders(home, base);
        this.far = new FarClaims(folders, underWay, limits, patience, random);
    }

    /** The folder in the work folder in which the claims lie. */
    public static Path baseIn(Path work) {
        return work.resolve(NEAR);
    }

    /**
     * Claims what was listed. It stays where it is when this throws.
     *
     * @return the same, with its place; what was claimed before, as it is
     * @throws NoSuchFileException when it is gone
     * @throws IOException when it cannot be renamed
     */
    public Dropped claim(Dropped listed) throws IOException {
        if (listed.isClaimed()) {
            return listed;
        }
        if (listed.isGroup()) {
            return claimGroup(listed);
        }
        boolean isFolder = listed.attributes().isDirectory();
        ClaimName name = ClaimName.of(listed.file().getFileName(), isFolder, random);
        underWay.add(name.entry());
        try {
            try {
                return claimNear(listed, name);
            } catch (AtomicMoveNotSupportedException e) {
                return claimFar(listed, name);
            }
        } catch (IOException | RuntimeException e) {
            underWay.remove(name.entry());
            throw e;
        }
    }

    /**
     * Claims a copy of what was listed, which stays where it is.
     *
     * @param rules which say what of a folder is not copied
     * @throws NotTakenException when it is written to meanwhile, cannot be read, or its copy hangs
     */
    public Dropped claimCopy(Dropped listed, DropRules rules) throws IOException {
        return far.copyOf(listed, rules);
    }

    /** Forgets a copy. */
    public void discard(Dropped copied) throws IOException {
        FileTree.delete(copied.claim());
        end(copied);
    }

    private Dropped claimNear(Dropped listed, ClaimName name) throws IOException {
        Claims claims = folders.near(listed.root());
        Path entry = claims.path().resolve(name.entry());
        if (!name.isFolder()) {
            move(listed, claims.held(), name.entry());
            return listed.claimedAs(entry);
        }
        Files.createDirectory(entry, Modes.SHARED_FOLDER);
        try (HeldFolder area = HeldFolder.open(entry)) {
            move(listed, area, FolderRebuild.TAKEN);
        } catch (IOException | RuntimeException e) {
            Files.delete(entry);
            throw e;
        }
        return listed.claimedAs(entry.resolve(FolderRebuild.TAKEN));
    }

    private Dropped claimFar(Dropped listed, ClaimName name) throws IOException {
        if (name.isFolder() && ClaimFolders.isOne(listed)) {
            return putHome(listed);
        }
        Claims claims = folders.far(listed.root());
        move(listed, claims.held(), name.entry());
        return listed.claimedAs(claims.path().resolve(name.entry()));
    }

    /** Under a name that says that it is not whole yet, until all files are there. */
    private Dropped claimGroup(Dropped group) throws IOException {
        ClaimName name =
                ClaimName.gathering(group.file().getFileName(), group.file().getParent() == null, random);
        underWay.add(name.entry());
        underWay.add(name.gathered());
        try {
            try {
                return groupNear(group, name);
            } catch (AtomicMoveNotSupportedException e) {
                return groupFar(group, name);
            }
        } catch (IOException | RuntimeException e) {
            underWay.remove(name.gathered());
            throw e;
        } finally {
            underWay.remove(name.entry());
        }
    }

    private Dropped groupNear(Dropped group, ClaimName name) throws IOException {
        Path folder = folders.near(group.root()).path();
        Path area = folder.resolve(name.entry());
        Path taken = area.resolve(FolderRebuild.TAKEN);
        Files.createDirectory(area, Modes.SHARED_FOLDER);
        Files.createDirectory(taken, Modes.SHARED_FOLDER);
        try (HeldFolder target = HeldFolder.open(taken)) {
            GroupClaim.gather(group, target);
        } catch (IOException | RuntimeException e) {
            deleteIfEmpty(taken);
            deleteIfEmpty(area);
            throw e;
        }
        Path gathered = folder.resolve(name.gathered());
        Files.move(area, gathered, StandardCopyOption.ATOMIC_MOVE);
        return group.claimedAs(gathered.resolve(FolderRebuild.TAKEN));
    }

    private Dropped groupFar(Dropped group, ClaimName name) throws IOException {
        Claims claims = folders.far(group.root());
        Path entry = Path.of(name.entry());
        Path area = claims.path().resolve(entry);
        Files.createDirectory(area, Modes.SHARED_FOLDER);
        try (HeldFolder target = claims.held().sub(entry)) {
            GroupClaim.gather(group, target);
        } catch (IOException | RuntimeException e) {
            deleteIfEmpty(area);
            throw e;
        }
        claims.held().move(entry, claims.held(), Path.of(name.gathered()));
        return group.claimedAs(claims.path().resolve(name.gathered()));
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("{}: not empty", folder);
        }
    }

    /**
     * A group that a crash left half gathered: back into its drop folder, where the rest lies. Files that cannot go
     * there, or came from a sub-folder, must not travel: they are offered as half a group.
     */
    private void takeUpGathering(DropRoot root, Path entry, ClaimName name) throws IOException {
        boolean isNear = entry.startsWith(base);
        Path claim = isNear ? entry.resolve(FolderRebuild.TAKEN) : entry;
        boolean isEmpty = !Files.isDirectory(claim, LinkOption.NOFOLLOW_LINKS);
        if (!isEmpty && name.isOfRoot()) {
            Claims claims = isNear ? folders.near(root) : folders.far(root);
            try (HeldFolder area = claims.held().sub(entry.getFileName());
                    HeldFolder gathered = isNear ? area.sub(claim.getFileName()) : area.again()) {
                isEmpty = GroupClaim.isPutBack(gathered, root);
            } catch (AtomicMoveNotSupportedException otherDisk) {
                isEmpty = false;
            }
        }
        if (isEmpty) {
            deleteIfEmpty(claim);
            deleteIfEmpty(entry);
            underWay.remove(name.entry());
        } else {
            root.later(new Dropped(root, Path.of(name.droppedName()), null, claim, List.of()), Duration.ZERO);
        }
    }

    private static void move(Dropped listed, HeldFolder target, String entry) throws IOException {
        listed.root().at(listed.file(), (folder, name) -> {
            folder.move(name, target, Path.of(entry));
            return null;
        });
    }

    private Dropped putHome(Dropped listed) throws IOException {
        folders.putHome(listed);
        takeUp(listed.root(), folders.far(listed.root()));
        throw new NotTakenException(
                Kind.UNTAKEABLE,
                listed.path().toString(),
                "it was the claims folder " + ClaimFolders.FAR + ", which somebody renamed; it has its name again");
    }

    /**
     * Brings a claim to a place where nobody else can change it, or a name in it. A claim on another file system is
     * copied into the work folder. Dropped folders are replaced by folders of the site's own. Idempotent, so that it
     * can run again after a crash.
     *
     * @return the same, with its place from now on
     * @throws io.saddlebag.message.Refusal when a folder cannot travel; see {@link #whole}
     * @throws NotTakenException when it was written to meanwhile, or cannot be read; it is in its drop folder again
     */
    public Dropped secure(Dropped claimed) throws IOException {
        Dropped own = ClaimFolders.isFar(claimed) ? far.bring(claimed) : claimed;
        if (!Files.isDirectory(own.claim(), LinkOption.NOFOLLOW_LINKS)) {
            return own;
        }
        Dropped inArea = isInArea(own) ? own : wrapped(own);
        new FolderRebuild(inArea.claim().getParent(), limits).run();
        return inArea;
    }

    /**
     * The same with the place of all that there is of it, after a folder was refused while it was made the site's own.
     */
    public Dropped whole(Dropped claimed) {
        boolean isHalf = isInArea(claimed)
                && Files.exists(claimed.claim().resolveSibling(FolderRebuild.NEW), LinkOption.NOFOLLOW_LINKS);
        return isHalf ? claimed.claimedAs(claimed.claim().getParent()) : claimed;
    }

    /** Listed as a file, and exchanged for a folder before it was claimed. */
    private Dropped wrapped(Dropped claimed) throws IOException {
        ClaimName name = ClaimName.of(claimed.file().getFileName(), true, random);
        Path area = folders.near(claimed.root()).path().resolve(name.entry());
        Files.createDirectory(area, Modes.SHARED_FOLDER);
        underWay.add(name.entry());
        Files.move(claimed.claim(), area.resolve(FolderRebuild.TAKEN), StandardCopyOption.ATOMIC_MOVE);
        underWay.remove(claimed.claim().getFileName().toString());
        return claimed.claimedAs(area.resolve(FolderRebuild.TAKEN));
    }

    /** Ends a claim whose file has been moved on; does nothing of one whose file is there still. */
    public void end(Dropped claimed) throws IOException {
        if (!claimed.isClaimed() || AtomicFiles.isThere(claimed.claim())) {
            return;
        }
        Path entry = claimed.claim();
        if (isInArea(claimed)) {
            entry = entry.getParent();
            try {
                Files.deleteIfExists(entry);
            } catch (DirectoryNotEmptyException e) {
                return;
            }
        }
        underWay.remove(entry.getFileName().toString());
    }

    private static boolean isInArea(Dropped claimed) {
        return claimed.claim().getFileName().toString().equals(FolderRebuild.TAKEN);
    }

    /** Has the claims of an earlier run dealt with, when their drop folder is opened. */
    public void takeUp(DropRoot root) throws IOException {
        Optional<Claims> far = folders.farIfThere(root);
        if (far.isPresent()) {
            takeUp(root, far.get());
        }
        Optional<Claims> near = folders.nearIfThere(root);
        if (near.isPresent()) {
            takeUp(root, near.get());
        }
    }

    private void takeUp(DropRoot root, Claims claims) throws IOException {
        try (HeldFolder listing = claims.held().again()) {
            listing.forEach(each -> {
                String entry = each.toString();
                Optional<ClaimName> name = ClaimName.parse(entry);
                if (AtomicFiles.isTemporary(entry)) {
                    // A copy that is being made.
                    return;
                }
                if (name.isEmpty()) {
                    LOG.warn("{}: {}: not of this application, left alone", claims.path(), Printable.of(entry));
                } else if (underWay.add(entry)) {
                    takeUp(root, claims.path().resolve(entry), name.get());
                }
            });
        }
    }

    private void takeUp(DropRoot root, Path entry, ClaimName name) throws IOException {
        if (name.isGathering()) {
            takeUpGathering(root, entry, name);
            return;
        }
        Path claim = entry;
        if (name.isFolder() && entry.startsWith(base)) {
            claim = entry.resolve(FolderRebuild.TAKEN);
            if (!Files.exists(claim, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(entry);
                underWay.remove(name.entry());
                return;
            }
        }
        LOG.info("{}: claimed in an earlier run, dealt with now", Printable.of(name.droppedName()));
        root.later(new Dropped(root, Path.of(name.droppedName()), null, claim), Duration.ZERO);
    }

    @Override
    public void close() {
        far.close();
    }
}
