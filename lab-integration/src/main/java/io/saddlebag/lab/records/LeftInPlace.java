package io.saddlebag.lab.records;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.claim.ChangeLook;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRules;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
 * The files and folders in drop folders that this site copied, once each, because it may read and not remove them, or
 * because their route says so (take: copy). The journal knows the first by path, device and inode, with a reason for people
 * next to each, which is removed when the file is gone; the others as {@link ChangeLook#ofCopied} says. One that changes is
 * looked at again. A second name of the same file counts by itself. For any number of threads.
 */
public final class LeftInPlace {
    static final String CODE = "left-in-place";

    private static final Logger LOG = LoggerFactory.getLogger(LeftInPlace.class);
    private static final String REASON =
            "Expected a file that this site may take out of its drop folder, found one that it may only read. It took"
                    + " a copy, which goes its way; this one stays here and is not looked at again until it changes."
                    + " Remove it. Drop the next ones with a umask of 002, or open folders first (chmod -R g+rwX)";
    /** The pause between two looks into a folder; its own change is looked for each time. */
    private static final long DEEP_LOOK_NANOS = Duration.ofMinutes(1).toNanos();
    /** Looks at a drop that stays by order take at most one part in this number of the time. */
    private static final int LOOK_SHARE = 20;
    /** A share that is away for shorter has lost nothing. */
    private static final long FORGOTTEN_AFTER_NANOS = Duration.ofDays(1).toNanos();

    private final LabJournal journal;
    private final SiteHome home;
    private final Clock clock;
    private final Map<Path, Left> byPath = new ConcurrentHashMap<>();
    private final LimitedLines lines = new LimitedLines();
    private final Set<Path> reasons = ConcurrentHashMap.newKeySet();

    private static final class Left {
        private final Path path;
        private final String inode;
        private final Instant changed;
        private final boolean hasReason;
        private volatile long looked = System.nanoTime() - DEEP_LOOK_NANOS;
        private volatile long pause;
        private volatile long goneSince;

        Left(Path path, String inode, Instant changed, boolean hasReason) {
            this.path = path;
            this.inode = inode;
            this.changed = changed;
            this.hasReason = hasReason;
        }

        boolean isByOrder() {
            return ChangeLook.isOfCopied(inode);
        }

        /** Called when it is not there. */
        boolean isGoneForGood() {
            long now = System.nanoTime();
            goneSince = goneSince == 0 ? now : goneSince;
            return !isByOrder() || now - goneSince > FORGOTTEN_AFTER_NANOS;
        }

        Left withoutReason() {
            return new Left(path, inode, changed, false);
        }
    }

    public LeftInPlace(LabJournal journal, SiteHome home, Clock clock) {
        this.journal = journal;
        this.home = home;
        this.clock = clock;
        String sql = "SELECT path, inode, changed, has_reason FROM left_in_place";
        journal.queryInTurn(
                        sql,
                        row -> new Left(
                                home.resolve(row.getString(1)),
                                row.getString(2),
                                Instant.parse(row.getString(3)),
                                row.getBoolean(4)))
                .forEach(this::remember);
    }

    private void remember(Left left) {
        byPath.put(left.path, left);
        if (left.hasReason) {
            reasons.add(FailedFolder.reasonOf(left.path));
        } else {
            reasons.remove(FailedFolder.reasonOf(left.path));
        }
    }

    /** True of one that was copied and is as it was, and of a reason next to one. */
    public boolean contains(Dropped listed, DropRules rules) {
        if (byPath.isEmpty()) {
            return false;
        }
        Left left = byPath.get(listed.path());
        if (left == null) {
            return reasons.contains(listed.path());
        }
        left.goneSince = 0;
        return rules.copies() ? isStillAsCopied(left, listed, rules) : isUnchanged(left, listed);
    }

    private static boolean isStillAsCopied(Left left, Dropped listed, DropRules rules) {
        long begin = System.nanoTime();
        if (begin - left.looked < left.pause) {
            return true;
        }
        try {
            ChangeLook now = ChangeLook.ofCopied(listed, rules);
            // Without the file that said so it is not complete again.
            boolean isStill =
                    now.changed().equals(Instant.EPOCH) || now.equals(new ChangeLook(left.inode, left.changed));
            left.looked = System.nanoTime();
            left.pause = isStill ? LOOK_SHARE * (left.looked - begin) : 0;
            return isStill;
        } catch (IOException gone) {
            return true;
        }
    }

    private static boolean isUnchanged(Left left, Dropped listed) {
        try {
            if (!ChangeLook.inodeOf(listed.attributes()).equals(left.inode)) {
                return false;
            }
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
            boolean isUnchanged = ChangeLook.of(file).changed().equals(left.changed);
            left.looked = isUnchanged ? System.nanoTime() : left.looked;
            return isUnchanged;
        } catch (IOException gone) {
            return true;
        }
    }

    /** How a drop looks before it is copied; each file of a group. */
    public List<ChangeLook> look(Dropped listed, DropRules rules) throws IOException {
        List<ChangeLook> looks = new ArrayList<>();
        for (Dropped each : each(listed)) {
            looks.add(rules.copies() ? ChangeLook.ofCopied(each, rules) : ChangeLook.of(each.path()));
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
    public void copied(Dropped listed, List<ChangeLook> before, DropRules rules) throws IOException {
        if (!look(listed, rules).equals(before)) {
            throw new NotTakenException(
                    Kind.CHANGED_MEANWHILE, listed.path().toString(), "it was written to while it was copied");
        }
        keep(each(listed), before, !rules.copies());
        if (rules.copies()) {
            LOG.info(
                    "{}: copied, and left in its drop folder, as its route says",
                    Printable.of(listed.path().toString()));
            return;
        }
        lines.line(listed.root().path().toString())
                .ifPresent(more -> LOG.warn(
                        "{}: copied, since this site may read it and not remove it; the copy goes its way, and this one"
                                + " stays until somebody removes it. Have files dropped with a umask of 002 (chmod -R"
                                + " g+rwX), in a folder that the site's group may write to, without a sticky bit{}",
                        Printable.of(listed.path().toString()),
                        more));
    }

    /**
     * All or none: a copy of which the journal does not know all is discarded.
     *
     * @param hasReason whether a reason is to lie next to each
     */
    private void keep(List<Dropped> all, List<ChangeLook> looks, boolean hasReason) {
        List<Left> kept = new ArrayList<>();
        List<Dropped> lacking = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Path path = all.get(i).path();
            Left before = byPath.get(path);
            boolean hadReason = before != null && before.hasReason;
            if (hasReason && !hadReason) {
                lacking.add(all.get(i));
            }
            kept.add(new Left(path, looks.get(i).inode(), looks.get(i).changed(), hasReason || hadReason));
        }
        // A reason is known before it is there, so that it is never taken for a drop.
        record(kept);
        kept.forEach(this::remember);
        List<Left> without = lacking.stream()
                .filter(each -> !isReasonPut(each))
                .map(each -> byPath.get(each.path()).withoutReason())
                .toList();
        without.forEach(this::remember);
        try {
            record(without);
        } catch (JournalException e) {
            LOG.debug("that reasons are lacking is known until the next start alone", e);
        }
    }

    private void record(List<Left> all) {
        if (all.isEmpty()) {
            return;
        }
        journal.forEach(
                all,
                "INSERT INTO left_in_place (path, inode, changed, has_reason) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO"
                        + " UPDATE SET inode = excluded.inode, changed = excluded.changed, has_reason ="
                        + " excluded.has_reason",
                each -> new Object[] {
                    home.nameOf(each.path), each.inode, each.changed.toString(), each.hasReason ? 1 : 0
                });
    }

    private boolean isReasonPut(Dropped listed) {
        FailureReason reason = reasonOf(listed.path());
        try {
            return listed.root()
                    .at(listed.file(), (folder, name) -> isCreated(folder, FailedFolder.reasonOf(name), reason));
        } catch (IOException e) {
            LOG.debug("{}: no reason can be put next to it", listed.path(), e);
            return false;
        }
    }

    private FailureReason reasonOf(Path path) {
        return new FailureReason(
                path.getFileName().toString(),
                home.nameOf(path.getParent()),
                null,
                null,
                CODE,
                REASON,
                null,
                clock.instant());
    }

    /** One that is not whole, as on a full disk, is this site's all the same. */
    private static boolean isCreated(HeldFolder folder, Path name, FailureReason reason) throws IOException {
        SeekableByteChannel file = folder.create(name);
        try (file) {
            ByteBuffer json = ByteBuffer.wrap(Json.write(reason));
            while (json.hasRemaining()) {
                file.write(json);
            }
        } catch (IOException e) {
            LOG.debug("{}: not written to its end", name, e);
        }
        return true;
    }

    /** Forgets those of a drop folder that somebody has removed, and removes their reasons. */
    public void review(DropRoot root) {
        List<Left> gone = byPath.values().stream()
                .filter(each -> each.path.startsWith(root.path())
                        && !AtomicFiles.isThere(each.path)
                        && each.isGoneForGood()
                        && isWithoutReason(root, each))
                .toList();
        if (gone.isEmpty()) {
            return;
        }
        journal.forEach(
                gone, "DELETE FROM left_in_place WHERE path = ?", each -> new Object[] {home.nameOf(each.path)});
        for (Left each : gone) {
            byPath.remove(each.path, each);
            reasons.remove(FailedFolder.reasonOf(each.path));
            LOG.info("{}: gone from its drop folder", Printable.of(each.path.toString()));
        }
    }

    /** Removes its reason. One that cannot be removed stays known, so that it is never taken for a drop. */
    private boolean isWithoutReason(DropRoot root, Left left) {
        if (!left.hasReason) {
            return true;
        }
        Path file = root.path().relativize(left.path);
        try {
            return root.at(file, (folder, name) -> {
                Path reason = FailedFolder.reasonOf(name);
                if (folder.isThere(reason) && isOurs(folder, reason, left.path)) {
                    folder.deleteFile(reason);
                }
                return true;
            });
        } catch (NoSuchFileException | NotDirectoryException e) {
            return true;
        } catch (IOException e) {
            LOG.debug("{}: its reason stays", left.path, e);
            return false;
        }
    }

    /** True of a reason as this site writes it, or of its beginning. Somebody may have put a file of his own in its place. */
    private boolean isOurs(HeldFolder folder, Path name, Path path) throws IOException {
        BasicFileAttributes now = folder.look(name);
        if (!now.isRegularFile()) {
            // A folder cannot be deleted as a file, and stays known.
            return now.isDirectory();
        }
        String written = new String(Json.write(reasonOf(path)), StandardCharsets.UTF_8);
        String expected = written.substring(0, written.indexOf("\"failed_timestamp\""));
        ByteBuffer found = ByteBuffer.allocate(4 * written.length());
        try (SeekableByteChannel file = folder.read(name)) {
            while (found.hasRemaining() && file.read(found) >= 0) {
                // Reads on.
            }
        }
        String text = new String(found.array(), 0, found.position(), StandardCharsets.UTF_8);
        return text.startsWith(expected) || expected.startsWith(text);
    }
}
