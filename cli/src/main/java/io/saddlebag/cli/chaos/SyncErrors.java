package io.saddlebag.cli.chaos;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes fsync and fdatasync of running processes fail with EIO, by {@code strace -e inject}; ends with close. */
final class SyncErrors implements AutoCloseable {
    private static final long SECONDS_TO_LET_GO = 10;

    private final Process strace;

    private SyncErrors(Process strace) {
        this.strace = strace;
    }

    /** @throws IOException when strace is not there or this user may not trace; the message says which */
    static void requirePossible() throws IOException {
        Commands.run("strace", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true");
    }

    /** @param first which sync is the first to fail, from 1; all after it fail too */
    static SyncErrors in(List<ProcessHandle> processes, int first) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-q", "-o", "/dev/null"));
        for (ProcessHandle process : processes) {
            command.addAll(List.of("-p", Long.toString(process.pid())));
        }
        command.addAll(
                List.of("-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=" + first + "+"));
        return new SyncErrors(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start());
    }

    /** Lets the processes go; whatever they wait for, they run on as before. */
    @Override
    public void close() {
        strace.destroy();
        try {
            if (!strace.waitFor(SECONDS_TO_LET_GO, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
        } catch (InterruptedException e) {
            strace.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
