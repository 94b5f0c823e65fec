package io.saddlebag.lab.scan;

import io.saddlebag.clock.SteadyClock;
import io.saddlebag.files.DroppedName;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.TreeLook;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Says when a dropped file is complete: its {@code .ready} marker lies there and counts ({@link ReadyMarkers}), or
 * its size and modification time have been the same for the settle time, or the one of its route ({@link DropRules}).
 * For a folder those of all its entries count, and a file in it may have to say that it is complete. It looks once
 * and never waits, so that an incomplete file holds up no other; the next poll looks again. Remembers at most {@value
 * #MAX_WATCHED} unfinished files; more wait their turn. Safe for concurrent polls of several folders.
 */
public final class SettledFiles {
    static final int MAX_WATCHED = 50_000;

    /** Looks at a folder of a route with rules of its own take at most one part in this number of the time. */
    private static final int LOOK_SHARE = 10;

    private static final long NEVER_SEEN = Long.MIN_VALUE;
    private static final long FORGOTTEN_AFTER = Duration.ofMinutes(10).toNanos();

    private final long settleTime;
    private final Clock clock;
    private final SystemFiles systemFiles;
    private final ReadyMarkers markers;
    private final Overlooked overlooked = new Overlooked();
    private final QuietFolders quietFolders = new QuietFolders();
    private final Map<Path, Look> watched = new HashMap<>();
    private long roomMade = NEVER_SEEN;

    /** The last look at a file, times in nanoseconds: small, because there may be many. */
    private static final class Look {
        private final long size;
        private final FileTime modified;
        private final long since;
        private long notBefore;
        private long seen;
        /** True of a group whose marker counted. */
        private boolean marked;

        Look(long size, FileTime modified, long since, long notBefore) {
            this.size = size;
            this.modified = modified;
            this.since = since;
            this.notBefore = notBefore;
            this.seen = since;
        }

        boolean isOf(long otherSize, FileTime otherModified) {
            return size == otherSize && otherModified.equals(modified);
        }
    }

    /** @param clock a {@link SteadyClock}, so that setting the system's clock holds up no file */
    public SettledFiles(Duration settleTime, Clock clock, SystemFiles systemFiles) {
        this.markers = new ReadyMarkers(settleTime);
        this.systemFiles = systemFiles;
        this.settleTime = settleTime.toNanos();
        this.clock = clock;
    }

    /**
     * True if the file, or the folder with all that is in it, may be taken now. A link or a device is always complete:
     * the route refuses it.
     *
     * @param dropped as it was listed
     * @param folder that it lies in
     * @param rules of the route that asks
     */
    boolean isSettled(Dropped dropped, HeldFolder folder, DropRules rules) throws IOException {
        BasicFileAttributes attributes = dropped.attributes();
        FileTime modified = attributes.lastModifiedTime();
        if (!attributes.isDirectory()) {
            boolean needsNoWait = !attributes.isRegularFile();
            return isSettled(dropped, needsNoWait, attributes.size(), modified, rules);
        }
        if (isHeldOff(dropped.path())) {
            return false;
        }
        long begin = System.nanoTime();
        Path name = dropped.file().getFileName();
        try {
            boolean isComplete = isComplete(folder, name, rules);
            if (!isComplete && hasNoMarker(dropped)) {
                return false;
            }
            TreeLook look = rules.look(folder, name, systemFiles);
            FileTime newest = FileTime.from(look.modified());
            boolean isMarked = isMarked(dropped.bagMarker(), dropped.root(), newest)
                    || !isComplete && isMarked(dropped.readyMarker(), dropped.root(), newest);
            return (isComplete || isMarked) && isSettled(dropped, isMarked, look.fingerprint(), newest, rules);
        } catch (AccessDeniedException closed) {
            if (rules.takesFoldersAlone()) {
                overlooked.closed(dropped.path());
                return false;
            }
            // The route refuses it, and says why.
            return isSettled(dropped, false, attributes.size(), modified, rules);
        } catch (IOException gone) {
            return false;
        } finally {
            if (!rules.equals(DropRules.USUAL)) {
                pause(dropped.path(), LOOK_SHARE * (System.nanoTime() - begin));
            }
        }
    }

    private static boolean isComplete(HeldFolder parent, Path name, DropRules rules) throws IOException {
        if (!rules.takesFoldersAlone()) {
            return true;
        }
        try (HeldFolder folder = parent.sub(name)) {
            return rules.marked(folder) != null;
        }
    }

    private static boolean hasNoMarker(Dropped dropped) throws IOException {
        return dropped.root().lookForMarker(dropped.readyMarker()) == null
                && dropped.root().lookForMarker(dropped.bagMarker()) == null;
    }

    private synchronized boolean isHeldOff(Path file) {
        Look before = watched.get(file);
        if (before != null) {
            before.seen = now();
        }
        return before != null && now() < before.notBefore;
    }

    /** Large folders that are watched are looked at more seldom. */
    private synchronized void pause(Path folder, long nanos) {
        Look look = watched.get(folder);
        if (look != null) {
            look.notBefore = Math.max(look.notBefore, now() + nanos);
        }
    }

    /**
     * True if all files of a group may be taken now: its marker lies there, or one of each file, or all are still. A marker
     * counts in the pass after the one that found it. The files that were dropped before a marker may have come while
     * that pass listed others, but the next pass lists them all.
     */
    boolean isSettled(Dropped group, DropRules rules) throws IOException {
        long fingerprint = 0;
        FileTime newest = FileTime.from(Instant.MIN);
        boolean isEachMarked = true;
        for (Dropped member : group.members()) {
            BasicFileAttributes attributes = member.attributes();
            FileTime modified = attributes.lastModifiedTime();
            fingerprint += TreeLook.fingerprint(member.name(), attributes.size(), modified.toInstant());
            newest = modified.compareTo(newest) > 0 ? modified : newest;
            isEachMarked = isEachMarked && isMarked(member.readyMarker(), group.root(), modified);
        }
        boolean isMarked = isEachMarked || isMarked(group.readyMarker(), group.root(), newest);
        return isGroupSettled(group.watchedAs(), isMarked, fingerprint, newest, quiet(rules));
    }

    private long quiet(DropRules rules) {
        return rules.quiet() == null ? settleTime : rules.quiet().toNanos();
    }

    private synchronized boolean isGroupSettled(
            Path group, boolean isMarked, long fingerprint, FileTime newest, long quiet) {
        Look before = watched.get(group);
        boolean isListedSince = isMarked && before != null && before.marked && before.isOf(fingerprint, newest);
        boolean settled = isSettled(group, isListedSince, fingerprint, newest, quiet);
        Look now = watched.get(group);
        if (now != null) {
            now.marked = isMarked;
        }
        return settled;
    }

    private synchronized boolean isMarked(Path marker, DropRoot root, FileTime modified) throws IOException {
        return markers.counts(root.path().resolve(marker), root.lookForMarker(marker), modified, clock.instant());
    }

    /** A marker was met where files are listed. */
    void metMarker(DropRoot root, Path marker, HeldFolder folder) throws IOException {
        String marked = DroppedName.markedBy(marker.getFileName().toString());
        metMarker(
                root, marker, folder.look(marker.getFileName()), !marked.isEmpty() && folder.isThere(Path.of(marked)));
    }

    /** @param hasFile whether what it marks lies there */
    void metMarker(DropRoot root, Path marker, boolean hasFile) throws IOException {
        metMarker(root, marker, root.look(marker), hasFile);
    }

    private synchronized void metMarker(DropRoot root, Path marker, BasicFileAttributes attributes, boolean hasFile) {
        if (attributes != null) {
            markers.met(root.path().resolve(marker), attributes, hasFile, clock.instant());
        }
    }

    SystemFiles systemFiles() {
        return systemFiles;
    }

    Overlooked overlooked() {
        return overlooked;
    }

    QuietFolders quietFolders() {
        return quietFolders;
    }

    Instant time() {
        return clock.instant();
    }

    private synchronized boolean isSettled(
            Dropped dropped, boolean needsNoWait, long size, FileTime modified, DropRules rules) throws IOException {
        Path file = dropped.path();
        long quiet = quiet(rules);
        return isWatchedLongEnough(file, size, modified, quiet)
                ? isSettled(file, true, size, modified, quiet)
                : isSettled(
                        file,
                        needsNoWait || isMarked(dropped.readyMarker(), dropped.root(), modified),
                        size,
                        modified,
                        quiet);
    }

    /** So that no marker is looked for in vain. */
    private boolean isWatchedLongEnough(Path file, long size, FileTime modified, long quiet) {
        Look before = watched.get(file);
        return before != null && before.isOf(size, modified) && now() >= before.since + quiet;
    }

    /** @param size of a file; of a folder or a group a number that is another when anything in it is */
    private synchronized boolean isSettled(Path file, boolean needsNoWait, long size, FileTime modified, long quiet) {
        long now = now();
        Look before = watched.get(file);
        if (before != null) {
            before.seen = now;
            if (now < before.notBefore) {
                return false;
            }
        }
        boolean same = before != null && before.isOf(size, modified);
        boolean settled = needsNoWait || (same && now >= before.since + quiet);
        if (settled) {
            watched.remove(file);
        } else if (!same && hasPlace(before != null, quiet) && makeRoom(file, now)) {
            watched.put(file, new Look(size, modified, now, now));
        }
        return settled;
    }

    /** Those that must be quiet for long leave places for the others, which turn over sooner. */
    private boolean hasPlace(boolean isWatched, long quiet) {
        return isWatched || quiet <= settleTime || watched.size() < MAX_WATCHED / 2;
    }

    /** True of an unfinished file that is not watched, because as many are as can be. */
    synchronized boolean waitsItsTurn(Dropped unfinished) {
        return watched.size() >= MAX_WATCHED && !watched.containsKey(unfinished.path());
    }

    /** Does not offer the file again before so much time has gone by, because it could not be dealt with now. */
    public synchronized void holdOff(Path file, Duration pause) {
        long now = now();
        if (makeRoom(file, now)) {
            watched.put(file, new Look(-1, null, now, now + pause.toNanos()));
        }
    }

    private long now() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    /** Forgets, now and then, the files that no pass has met for long: they are gone. */
    private boolean makeRoom(Path file, long now) {
        boolean full = watched.size() >= MAX_WATCHED && !watched.containsKey(file);
        if (full && (roomMade == NEVER_SEEN || now >= roomMade + settleTime)) {
            roomMade = now;
            watched.values().removeIf(each -> each.seen + FORGOTTEN_AFTER < now && each.notBefore < now);
            full = watched.size() >= MAX_WATCHED;
        }
        return !full;
    }
}
