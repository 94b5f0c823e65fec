package io.saddlebag.bench.chaos.fault;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The wall clock of a site and of the processes that it starts. The library libfaketime reads an offset from a file each
 * second, so that the clock steps while they run. The monotonic clock is not changed.
 *
 * @see <a href="https://github.com/wolfcw/libfaketime">libfaketime</a>
 */
public final class SiteClock {
    /** Forwards far enough for each limit of age, back before the certificates, and as after a wrong time zone. */
    public static final List<String> STEPS = List.of("+100d", "-1d", "+2h");

    private static final String RIGHT = "+0";
    private static final String LIBRARY = "libfaketimeMT.so.1";
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib");
    private static final Duration TRIED_STEP = Duration.ofDays(90);

    private final Path file;

    private SiteClock(Path file) {
        this.file = file;
    }

    /** @param file of the clock's own, in a folder that is there; says from now on that the time is right */
    public static SiteClock in(Path file) throws IOException {
        SiteClock clock = new SiteClock(file);
        clock.right();
        return clock;
    }

    /** @throws IOException when libfaketime is not there or does not work */
    static void requirePossible() throws IOException {
        String seconds = Commands.run("env", "LD_PRELOAD=" + library(), "FAKETIME=" + STEPS.get(0), "date", "+%s");
        if (!Instant.ofEpochSecond(Long.parseLong(seconds))
                .isAfter(Instant.now().plus(TRIED_STEP))) {
            throw new IOException("expected " + library() + " to set the clock forwards, found that it does not");
        }
    }

    private static Path library() throws IOException {
        for (String folder : FOLDERS) {
            Path library = Path.of(folder, "faketime", LIBRARY);
            if (Files.exists(library)) {
                return library;
            }
        }
        throw new IOException("expected faketime/" + LIBRARY + " in a folder of libraries, found none");
    }

    /** For the process whose clock this is to be. */
    public Map<String, String> environment() throws IOException {
        return Map.of(
                "LD_PRELOAD", library().toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Without it each timed wait of Java, which is monotonic, returns immediately.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "NO_FAKE_STAT", "1");
    }

    /** Takes effect within a second. */
    public void step(String offset) throws IOException {
        AtomicFiles.replace(file, (offset + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    public void right() throws IOException {
        step(RIGHT);
    }

    /** Removes the shared memory that a killed process under libfaketime leaves behind. */
    public static void removeLeftovers(long pid) throws IOException {
        Path memory = Path.of("/dev/shm");
        if (!Files.isDirectory(memory)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(memory, "*faketime_*_" + pid)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }
}
