package io.saddlebag.lab.claim;

import io.saddlebag.files.HeldFolder;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the files of a group out of a drop folder into a folder of the site's own: all of them, or none. */
public final class GroupClaim {
    private static final Logger LOG = LoggerFactory.getLogger(GroupClaim.class);

    private GroupClaim() {}

    /**
     * A file that is gone is left out.
     *
     * @throws NoSuchFileException when all are gone
     * @throws IOException when one cannot be moved; those that were moved are where they were
     */
    public static void gather(Dropped group, HeldFolder target) throws IOException {
        List<Dropped> moved = new ArrayList<>();
        try {
            for (Dropped member : group.members()) {
                if (isMoved(member, target)) {
                    moved.add(member);
                }
            }
        } catch (IOException | RuntimeException e) {
            moved.forEach(member -> undo(member, target, e));
            throw e;
        }
        if (moved.isEmpty()) {
            throw new NoSuchFileException(group.path().toString());
        }
    }

    private static boolean isMoved(Dropped member, HeldFolder target) throws IOException {
        try {
            return member.root().at(member.file(), (folder, name) -> {
                folder.move(name, target, name);
                return true;
            });
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static void undo(Dropped member, HeldFolder from, Exception failure) {
        try {
            member.root().at(member.file(), (folder, name) -> {
                if (folder.isThere(name)) {
                    throw new FileSystemException(member.path().toString(), null, "another file has its name");
                }
                from.move(name, folder, name);
                return null;
            });
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: stays claimed until the next start: {}", member.path(), FaultText.of(e));
            failure.addSuppressed(e);
        }
    }

    /**
     * Puts the files of a group that a crash left half gathered back into the root of their drop folder.
     *
     * @return whether none is left
     */
    static boolean isPutBack(HeldFolder gathered, DropRoot dropFolder) throws IOException {
        HeldFolder root = dropFolder.folder();
        List<Path> left = new ArrayList<>();
        try (HeldFolder listing = gathered.again()) {
            listing.forEach(name -> {
                if (root.isThere(name)) {
                    left.add(name);
                } else {
                    gathered.move(name, root, name);
                }
            });
        }
        root.sync(dropFolder.path());
        return left.isEmpty();
    }
}
