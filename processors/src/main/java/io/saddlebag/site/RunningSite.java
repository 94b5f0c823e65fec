package io.saddlebag.site;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.UnsyncedFolders;
import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * This process runs this home. Holds the lock {@code run/lock}, which the operating system releases when the process
 * ends in any way. Writes to {@code run/site.json} which process runs the home and if it is ready. For one thread.
 */
public final class RunningSite implements AutoCloseable {
    private final Path marker;
    private final FileChannel channel;
    private final Instant started;

    private RunningSite(Path marker, FileChannel channel, Instant started) {
        this.marker = marker;
        this.channel = channel;
        this.started = started;
    }

    /**
     * Takes the home for this process.
     *
     * @throws SiteStartException when another process runs it, or the home cannot be written
     */
    public static RunningSite claim(SiteHome home, Clock clock) throws SiteStartException {
        Path folder = home.run();
        Path marker = marker(home);
        try {
            makeFolder(folder);
            FileChannel channel = lock(folder.resolve("lock"), marker, home);
            try {
                RunningSite site = new RunningSite(marker, channel, clock.instant());
                site.tell(false, Map.of());
                return site;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new SiteStartException(
                    folder + ": expected a folder that this process may write, found "
                            + Printable.reason(FaultText.of(e)) + ". Check its owner and mode, and the free space",
                    e);
        }
    }

    /** Its content need not survive a power cut, so that it may lie where folders cannot be synced. */
    private static void makeFolder(Path folder) throws IOException {
        AtomicFiles.createFolders(folder.getParent());
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, Modes.SHARED_FOLDER);
        }
        UnsyncedFolders.reason(folder).ifPresent(reason -> UnsyncedFolders.accept(folder, reason));
    }

    /** True when a process runs the home, however it was started. */
    public static boolean isRunning(SiteHome home) throws SiteStartException {
        Path file = home.run().resolve("lock");
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return !isLocked(channel);
        } catch (IOException e) {
            throw new SiteStartException(
                    file + ": expected a file that this process may write, found " + Printable.reason(FaultText.of(e))
                            + ". Run the command as the user that runs the site",
                    e);
        }
    }

    private static FileChannel lock(Path file, Path marker, SiteHome home) throws IOException, SiteStartException {
        FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Modes.PRIVATE_FILE);
        if (!isLockedSoon(channel)) {
            channel.close();
            String holder = read(marker)
                    .map(status -> "process " + status.pid() + " since " + status.started())
                    .orElse("another process");
            throw new SiteStartException(
                    SiteStartException.Kind.IN_USE,
                    home.folder() + ": expected a home that nobody runs, found it run by " + holder
                            + ". Stop that first",
                    null);
        }
        return channel;
    }

    /** A command that asks {@link #isRunning} holds the lock for a moment, which must not refuse a start. */
    private static boolean isLockedSoon(FileChannel channel) throws IOException {
        boolean isLocked = isLocked(channel);
        for (int again = 0; !isLocked && again < 50; again++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            isLocked = isLocked(channel);
        }
        return isLocked;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Writes that the site is ready, with its facts for an operator. */
    public void ready(Map<String, String> facts) throws IOException {
        tell(true, facts);
    }

    private void tell(boolean ready, Map<String, String> facts) throws IOException {
        Status status = new Status(ProcessHandle.current().pid(), started, ready, facts);
        AtomicFiles.replace(marker, Json.write(status));
    }

    /**
     * The content of {@code run/site.json}; empty when the site was stopped, or never ran. After a kill it is stale.
     */
    public static Optional<Status> read(SiteHome home) {
        return read(marker(home));
    }

    private static Optional<Status> read(Path marker) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(marker), Status.class));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Path marker(SiteHome home) {
        return home.run().resolve("site.json");
    }

    /** Releases the home. */
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(marker);
        } finally {
            channel.close();
        }
    }

    /**
     * @param pid of the process that runs the home
     * @param started UTC
     * @param ready whether it is at work; before that it is starting
     * @param facts see {@link SiteApplication#facts}
     */
    public record Status(
            @JsonProperty("pid") long pid,
            @JsonProperty("started") Instant started,
            @JsonProperty("ready") boolean ready,
            @JsonProperty("facts") Map<String, String> facts) {
        public Status {
            facts = facts == null ? Map.of() : Map.copyOf(facts);
        }
    }
}
