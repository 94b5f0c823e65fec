package io.saddlebag.bench.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteClockTest {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    @TempDir
    private Path folder;

    @BeforeEach
    void requireLibrary() {
        try {
            SiteClock.requirePossible();
        } catch (IOException e) {
            abort("no clock can be set here: " + e.getMessage());
        }
    }

    @Test
    void stepsTheWallClockOfARunningJavaAndLeavesItsMonotonicClock() throws Exception {
        SiteClock clock = SiteClock.in(folder.resolve("clock"));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Clocks.class.getName());
        builder.environment().putAll(clock.environment());
        Process process = builder.redirectErrorStream(true).start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            long before = nanos(lines);
            awaitDays(lines, 0);
            clock.step("+100d");
            awaitDays(lines, 100);
            clock.step("-1d");
            awaitDays(lines, -1);
            clock.right();
            awaitDays(lines, 0);
            assertThat(Duration.ofNanos(nanos(lines) - before)).isBetween(Duration.ZERO, Duration.ofHours(1));
        } finally {
            process.destroyForcibly().waitFor();
            SiteClock.removeLeftovers(process.pid());
        }
    }

    private static void awaitDays(BufferedReader lines, int days) {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            long millis = Long.parseLong(lines.readLine().split(" ")[0]);
            return Math.round((double) (millis - System.currentTimeMillis()) / DAY_MILLIS) == days;
        });
    }

    private static long nanos(BufferedReader lines) throws IOException {
        return Long.parseLong(lines.readLine().split(" ")[1]);
    }

    /** Prints both clocks ten times a second, by a wait that must not return early. */
    static final class Clocks {
        private Clocks() {}

        public static void main(String[] arguments) throws InterruptedException {
            Object lock = new Object();
            synchronized (lock) {
                while (!System.out.checkError()) {
                    long before = System.nanoTime();
                    lock.wait(100);
                    if (System.nanoTime() - before < Duration.ofMillis(90).toNanos()) {
                        throw new IllegalStateException("a wait of 100 ms returned early");
                    }
                    System.out.println(System.currentTimeMillis() + " " + System.nanoTime());
                }
            }
        }
    }
}
