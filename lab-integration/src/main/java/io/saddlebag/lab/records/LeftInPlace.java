package io.saddlebag.lab.records;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.lab.claim.ChangeLook;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.NotTakenException;
import io.saddlebag.lab.claim.NotTakenException.Kind;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files and folders in drop folders that this site may read and not remove, and that it copied, once each. The journal
 * knows them by device and inode; one that changes is looked at again. Next to each lies a reason for people, which is
 * removed when the file is gone. For any number of threads.
 */
public final class LeftInPlace {
    static final String CODE = "left-in-place";

    private static final Logger LOG = LoggerFactory.getLogger(LeftInPlace.class);
    private static final String REASON =
            "Expected a file that this site may take out of its drop folder, found one that it"
                    + " may only read. It took a copy, which goes its way; this one stays here and is not looked at again until it"
                    + " changes. Remove it. Drop the next ones with a umask of 002, or open folders first (chmod -R g+rwX)";
    /** The pause between two looks into a folder; its own change is looked for each time. */
    private static final long DEEP_LOOK_NANOS = Duration.ofMinutes(1).toNanos();

    private final LabJournal journal;
    private final SiteHome home;
    private final Clock clock;
    private final Map<String, Left> byInode = new ConcurrentHashMap<>();
    private final LimitedLines lines = new LimitedLines();
    private final Set<Path> reasons = ConcurrentHashMap.newKeySet();

    private static final class Left {
        private final Path path;
        private final Instant changed;
        private final boolean hasReason;
        private volatile long looked = System.nanoTime() - DEEP_LOOK_NANOS;

        Left(Path path, Instant changed, boolean hasReason) {
            this.path = path;
            this.changed = changed;
            this.hasReason = hasReason;
        }
    }

    private record Row(String inode, Left left) {}

    public LeftInPlace(LabJournal journal, SiteHome home, Clock clock) {
        this.journal = journal;
        this.home = home;
        this.clock = clock;
        String sql = "SELECT inode, path, changed, has_reason FROM left_in_place";
        journal.queryInTurn(
                        sql,
                        row -> new Row(
                                row.getString(1),
                                new Left(
                                        home.resolve(row.getString(2)),
                                        Instant.parse(row.getString(3)),
                                        row.getBoolean(4))))
                .forEach(row -> remember(row.inode(), row.left()));
    }

    private void remember(String inode, Left left) {
        byInode.put(inode, left);
        if (left.hasReason) {
            reasons.add(FailedFolder.reasonOf(left.path));
        } else {
            reasons.remove(FailedFolder.reasonOf(left.path));
        }
    }

    /** True of one that was copied and is as it was, and of a reason next to one. */
    public boolean contains(Dropped listed) {
        if (byInode.isEmpty()) {
            return false;
        }
        Left left = byInode.get(ChangeLook.inodeOf(listed.attributes()));
        return left == null ? reasons.contains(listed.path()) : isUnchanged(left, listed);
    }

    private static boolean isUnchanged(Left left, Dropped listed) {
        try {
            Path file = listed.path();
            Instant changed = ChangeLook.changeOf(file);
            if (!listed.attributes().isDirectory()) {
                return changed.equals(left.changed);
            }
            if (changed.isAfter(left.changed)) {
                return false;
            }
            if (System.nanoTime() - left.looked < DEEP_LOOK_NANOS) {
                return true;
            }
            boolean isUnchanged = !ChangeLook.of(file).changed().isAfter(left.changed);
            left.looked = isUnchanged ? System.nanoTime() : left.looked;
            return isUnchanged;
        } catch (IOException gone) {
            return true;
        }
    }

    /** How a drop looks before it is copied; each file of a group. */
    public List<ChangeLook> look(Dropped listed) throws IOException {
        List<ChangeLook> looks = new ArrayList<>();
        for (Dropped each : each(listed)) {
            looks.add(ChangeLook.of(each.path()));
        }
        return looks;
    }

    private static List<Dropped> each(Dropped listed) {
        return listed.isGroup() ? listed.members() : List.of(listed);
    }

    /**
     * A drop was copied, and the copy is on the disk.
     *
     * @param before how it looked before
     * @throws NotTakenException when it has changed since, so that the copy does not count
     */
    public void copied(Dropped listed, List<ChangeLook> before) throws IOException {
        if (!look(listed).equals(before)) {
            throw new NotTakenException(
                    Kind.CHANGED_MEANWHILE, listed.path().toString(), "it was written to while it was copied");
        }
        List<Dropped> each = each(listed);
        for (int i = 0; i < each.size(); i++) {
            keep(each.get(i), before.get(i));
        }
        lines.line(listed.root().path().toString())
                .ifPresent(more -> LOG.warn(
                        "{}: copied, since this site may read it and not remove it; the copy goes its way, and this one"
                                + " stays until somebody removes it. Have files dropped with a umask of 002 (chmod -R"
                                + " g+rwX), in a folder that the site's group may write to, without a sticky bit{}",
                        Printable.of(listed.path().toString()),
                        more));
    }

    private void keep(Dropped listed, ChangeLook look) {
        Path path = listed.path();
        byInode.entrySet().stream()
                .filter(each ->
                        each.getValue().path.equals(path) && !each.getKey().equals(look.inode()))
                .map(Map.Entry::getKey)
                .forEach(this::forget);
        Left before = byInode.get(look.inode());
        boolean isAtHome = before != null && before.path.equals(path);
        if (before != null && !isAtHome) {
            removeReason(listed.root(), before);
            forget(look.inode());
        }
        // The reason is known before it is there, so that it is never taken for a drop.
        record(look, path, true);
        if ((!isAtHome || !before.hasReason) && !isReasonPut(listed)) {
            record(look, path, false);
        }
    }

    private void record(ChangeLook look, Path path, boolean hasReason) {
        remember(look.inode(), new Left(path, look.changed(), hasReason));
        journal.queryInTurn(
                "INSERT INTO left_in_place (inode, path, changed, has_reason) VALUES (?, ?, ?, ?) ON CONFLICT (inode) DO"
                        + " UPDATE SET path = excluded.path, changed = excluded.changed, has_reason ="
                        + " excluded.has_reason RETURNING 1",
                row -> row.getInt(1),
                look.inode(),
                home.nameOf(path),
                look.changed().toString(),
                hasReason ? 1 : 0);
    }

    private void forget(String inode) {
        Left left = byInode.remove(inode);
        if (left != null) {
            reasons.remove(FailedFolder.reasonOf(left.path));
        }
        journal.queryInTurn("DELETE FROM left_in_place WHERE inode = ? RETURNING 1", row -> row.getInt(1), inode);
    }

    private boolean isReasonPut(Dropped listed) {
        FailureReason reason = new FailureReason(
                listed.name(), home.nameOf(listed.path().getParent()), null, null, CODE, REASON, clock.instant());
        try {
            return listed.root()
                    .at(listed.file(), (folder, name) -> isCreated(folder, FailedFolder.reasonOf(name), reason));
        } catch (IOException e) {
            LOG.debug("{}: no reason can be put next to it", listed.path(), e);
            return false;
        }
    }

    private static boolean isCreated(HeldFolder folder, Path name, FailureReason reason) throws IOException {
        try (SeekableByteChannel file = folder.create(name)) {
            ByteBuffer json = ByteBuffer.wrap(Json.write(reason));
            while (json.hasRemaining()) {
                file.write(json);
            }
            return true;
        }
    }

    /** Forgets those of a drop folder that somebody has removed, and removes their reasons. */
    public void review(DropRoot root) {
        for (Map.Entry<String, Left> each : byInode.entrySet()) {
            Left left = each.getValue();
            if (left.path.startsWith(root.path()) && !AtomicFiles.isThere(left.path)) {
                removeReason(root, left);
                forget(each.getKey());
                LOG.info("{}: gone from its drop folder", Printable.of(left.path.toString()));
            }
        }
    }

    private static void removeReason(DropRoot root, Left left) {
        if (!left.hasReason) {
            return;
        }
        Path file = root.path().relativize(left.path);
        try {
            root.at(file, (folder, name) -> {
                Path reason = FailedFolder.reasonOf(name);
                if (folder.isThere(reason)) {
                    folder.deleteFile(reason);
                }
                return null;
            });
        } catch (IOException e) {
            LOG.debug("{}: its reason stays", left.path, e);
        }
    }
}
