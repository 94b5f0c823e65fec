package io.saddlebag.folder;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;

/**
 * Lets a file consumer have a file only once it is complete: its {@code .ready} marker stands beside it, or its size and
 * modification time have been the same for the settle time. It looks once and never waits, so that one file in the
 * making holds up no other; the next poll looks again. Moving or deleting the file is the route's affair, not this
 * strategy's. Remembers at most {@value #MAX_WATCHED} unfinished files; more wait their turn. Safe for several folders'
 * polls at once.
 */
public final class SettledFiles implements GenericFileProcessStrategy<File> {
    static final int MAX_WATCHED = 100_000;

    private final Duration settleTime;
    private final Clock clock;
    private final Map<Path, Look> watched = new HashMap<>();

    private record Look(long size, Instant modified, Instant since, Instant notBefore) {}

    /** @param clock a {@link SteadyClock}, so that setting the system's clock holds up no file */
    public SettledFiles(Duration settleTime, Clock clock) {
        this.settleTime = Objects.requireNonNull(settleTime, "settle time");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Whether the file may be taken now: never under a name that says it is still being written, or is a marker. A link or
     * a device is always settled: the route refuses it.
     */
    public synchronized boolean isSettled(Path file) throws IOException {
        if (DroppedName.isPassedOver(file.getFileName().toString())) {
            return false;
        }
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException gone) {
            watched.remove(file);
            return false;
        }
        Instant now = clock.instant();
        Look before = watched.get(file);
        if (before != null && now.isBefore(before.notBefore())) {
            return false;
        }
        if (!attributes.isRegularFile() || Files.exists(readyMarker(file), LinkOption.NOFOLLOW_LINKS)) {
            watched.remove(file);
            return true;
        }
        Instant modified = attributes.lastModifiedTime().toInstant();
        boolean same = before != null
                && before.size() == attributes.size()
                && before.modified().equals(modified);
        if (same && !now.isBefore(before.since().plus(settleTime))) {
            watched.remove(file);
            return true;
        }
        if (!same && makeRoom(file)) {
            watched.put(file, new Look(attributes.size(), modified, now, Instant.MIN));
        }
        return false;
    }

    /** Does not offer the file again before so much time has gone by, because it could not be dealt with now. */
    public synchronized void holdOff(Path file, Duration pause) {
        if (makeRoom(file)) {
            Instant now = clock.instant();
            watched.put(file, new Look(-1, Instant.MIN, now, now.plus(pause)));
        }
    }

    /** Where the marker that says the file is complete would stand. */
    public static Path readyMarker(Path file) {
        return file.resolveSibling(file.getFileName() + DroppedName.READY_MARKER);
    }

    /** Where the marker would stand that says of a folder that it is complete and a bag. */
    public static Path bagMarker(Path folder) {
        return folder.resolveSibling(folder.getFileName() + DroppedName.BAG_MARKER);
    }

    private boolean makeRoom(Path file) {
        if (watched.size() >= MAX_WATCHED && !watched.containsKey(file)) {
            watched.keySet().removeIf(each -> !Files.exists(each, LinkOption.NOFOLLOW_LINKS));
        }
        return watched.size() < MAX_WATCHED || watched.containsKey(file);
    }

    @Override
    public void prepareOnStartup(GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
        // Nothing lies about from an earlier run: this strategy leaves no marks on the disk.
    }

    @Override
    public boolean begin(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file)
            throws IOException {
        return isSettled(file.getFile().toPath());
    }

    @Override
    public void abort(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        // The file was not touched.
    }

    @Override
    public void commit(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        // The route has moved the file away.
    }

    @Override
    public void rollback(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        // What is still there is offered again.
    }
}
