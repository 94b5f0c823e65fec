package io.saddlebag.bench.chaos.fault;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Makes fsync and fdatasync of running processes fail with EIO, by {@code strace -e inject}; until it is ended. */
public final class SyncErrors {
    private static final long SECONDS_TO_LET_GO = 10;

    private static final String FAILED = "(INJECTED)";

    private final Process strace;
    private final Path trace;

    private SyncErrors(Process strace, Path trace) {
        this.strace = strace;
        this.trace = trace;
    }

    /** @throws IOException when strace is not there or this user may not trace; the message says which */
    static void requirePossible() throws IOException {
        Commands.run("strace", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true");
    }

    /** @param first which sync is the first to fail, from 1; all after it fail too */
    public static SyncErrors in(List<ProcessHandle> processes, int first) throws IOException {
        Path trace = Files.createTempFile("saddlebag-sync-errors", ".strace");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-q", "-o", trace.toString()));
        for (ProcessHandle process : processes) {
            command.addAll(List.of("-p", Long.toString(process.pid())));
        }
        command.addAll(
                List.of("-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=" + first + "+"));
        return new SyncErrors(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(new File("/dev/null"))
                        .start(),
                trace);
    }

    /** Lets the processes go; whatever they wait for, they run on as before. Returns whether any sync was failed. */
    public boolean end() throws IOException {
        strace.destroy();
        try {
            if (!strace.waitFor(SECONDS_TO_LET_GO, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
        } catch (InterruptedException e) {
            strace.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<String> lines = Files.lines(trace)) {
            return lines.anyMatch(line -> line.contains(FAILED));
        } finally {
            Files.delete(trace);
        }
    }
}
