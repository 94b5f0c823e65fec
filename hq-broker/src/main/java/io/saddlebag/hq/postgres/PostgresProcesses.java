package io.saddlebag.hq.postgres;

import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of the server on one data folder, as {@code /proc} tells of them: all of them work in that folder. The
 * number in {@code postmaster.pid} alone does not suffice. After a power cut, in a container above all, another process or
 * thread may have that number. PostgreSQL then takes that one for itself and refuses to start.
 */
final class PostgresProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresProcesses.class);
    private static final Path PROC = Path.of("/proc");
    private static final String PROGRAM = "postgres";
    private static final long END_SECONDS = 10;
    private static final long LOOK_NANOS = 20_000_000L;

    private final Path dataFolder;

    PostgresProcesses(Path dataFolder) {
        this.dataFolder = dataFolder;
    }

    /** The server's main process; empty when it is dead. Cheap. */
    Optional<ProcessHandle> main() {
        return recordedPid().flatMap(ProcessHandle::of).filter(this::worksHere);
    }

    private Optional<Long> recordedPid() {
        try (Stream<String> lines = Files.lines(pidFile())) {
            return lines.findFirst().map(String::strip).map(Long::parseLong);
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Path pidFile() {
        return dataFolder.resolve("postmaster.pid");
    }

    /**
     * Ends what a dead main process has left behind. Most of it notices within a moment, but a server that died while it
     * recovered leaves a process that waits a minute for the dead, and as long as it lives no other can start.
     */
    void endOrphans() {
        if (main().isPresent()) {
            return;
        }
        List<ProcessHandle> orphans = ProcessHandle.allProcesses()
                .filter(process -> isPostgres(process) && worksHere(process))
                .toList();
        orphans.forEach(ProcessHandle::destroyForcibly);
        if (!orphans.isEmpty()) {
            LOG.warn("postgres left {} processes behind, ended them data={}", orphans.size(), dataFolder);
            await(orphans);
        }
        forgetTheDead();
    }

    /** Found by their working folder. Where no parent reaps a dead process, as in a container, its number stays. */
    private void await(List<ProcessHandle> ending) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        while (ending.stream().anyMatch(this::worksHere)) {
            if (System.nanoTime() > deadline) {
                LOG.warn("postgres still has processes {} s after they were ended data={}", END_SECONDS, dataFolder);
                return;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /**
     * Removes the number of a dead server when another process has it. Otherwise PostgreSQL itself detects that it is
     * dead.
     */
    private void forgetTheDead() {
        if (recordedPid().flatMap(ProcessHandle::of).isPresent()) {
            try {
                Files.deleteIfExists(pidFile());
            } catch (IOException e) {
                LOG.warn(
                        "{} names a process that is not PostgreSQL's and cannot be deleted: {}",
                        pidFile(),
                        FaultText.of(e));
            }
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString().startsWith(PROGRAM))
                .orElse(false);
    }

    private boolean worksHere(ProcessHandle process) {
        try {
            return Files.isSameFile(PROC.resolve(Long.toString(process.pid())).resolve("cwd"), dataFolder);
        } catch (IOException e) {
            // It has ended, or is another user's and so none of ours.
            return false;
        }
    }
}
