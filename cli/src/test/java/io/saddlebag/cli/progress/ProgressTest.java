package io.saddlebag.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.cli.CommandLineRun;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    private Path folder;

    private final StringWriter said = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();

    private Progress progress(long total, Duration every, boolean onTerminal) {
        return new Progress("sealing run7.bam", total, new PrintWriter(said), every, onTerminal, nanos::get);
    }

    private void read(Progress progress, int bytes) throws Exception {
        try (InputStream in = progress.counting(new ByteArrayInputStream(new byte[bytes]))) {
            in.readAllBytes();
        }
    }

    @Test
    void tellsBytesRateAndTimeLeft() throws Exception {
        try (Progress progress = progress(300L * MEBIBYTE, null, false)) {
            read(progress, 2 * MEBIBYTE);
            nanos.set(Duration.ofSeconds(2).toNanos());
            assertThat(progress.line())
                    .isEqualTo("sealing run7.bam: 2.0 MiB of 300.0 MiB (0 %), 1.0 MiB/s, 4 min 58 s left");
        }
        try (Progress unknown = progress(0, null, false)) {
            read(unknown, 100);
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(unknown.line()).isEqualTo("sealing run7.bam: 100 B, 100 B/s");
        }
        assertThat(said.toString()).isEmpty();
    }

    @Test
    void writesALineWhenAskedForBySignalOrInterval() throws Exception {
        try (Progress progress = progress(10, null, false)) {
            new ProcessBuilder(
                            "kill",
                            "-USR1",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
            await().until(() -> said.toString().contains("sealing run7.bam: 0 B of 10 B (0 %)"));
        }
        said.getBuffer().setLength(0);
        try (Progress progress = progress(10, Duration.ofMillis(10), false)) {
            await().until(() -> said.toString().lines().count() >= 2);
        }
        assertThat(said.toString()).doesNotContain("\r");
    }

    @Test
    void keepsOneLineOnATerminal() throws Exception {
        try (Progress progress = progress(10, null, true)) {
            await().until(() -> said.toString().startsWith("\rsealing run7.bam: "));
        }
        assertThat(said.toString()).endsWith("\n").doesNotContain("\n\r");
    }

    @Test
    void leavesStandardOutputToTheData() throws Exception {
        Path file = Files.write(folder.resolve("plain"), new byte[MEBIBYTE]);

        assertThat(CommandLineRun.of("seal", "--to", "age1", file, "--progress", "soon"))
                .satisfies(run -> {
                    assertThat(run.exitCode()).isEqualTo(2);
                    assertThat(run.err()).contains("Expected --progress to be a time such as 30s");
                });
    }
}
