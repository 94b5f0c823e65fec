package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.bench.chaos.fault.RunClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedStartTest {
    private static final String DISK = "/home/spool";
    private static final String REFUSAL = "ERROR SiteProcess: Cannot start: expected the store of this home in " + DISK;

    @TempDir
    private Path folder;

    private Path log;

    @BeforeEach
    void makeLog() throws IOException {
        log = folder.resolve("log");
        Files.writeString(log, "");
    }

    @Test
    void isContentWithALineThatNamesTheDisk() throws Exception {
        Files.writeString(log, REFUSAL + "\n");

        RefusedStart start = ended("exit 1", 0);

        assertThat(start.isOver()).isTrue();
        assertThat(start.wrong()).isEmpty();
    }

    @Test
    void findsASiteThatIsAtWorkWithoutItsDisk() throws Exception {
        Process process = new ProcessBuilder("sleep", "100").start();
        try {
            RefusedStart start = new RefusedStart(process, () -> true, log, 0, DISK, new RunClock());

            assertThat(start.isOver()).isTrue();
            assertThat(start.isAlive()).isTrue();
            assertThat(start.wrong()).get().asString().contains("found it running");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void findsAnEndWithoutALineThatSaysWhy() throws Exception {
        assertThat(ended("exit 3", 0).wrong()).get().asString().contains("exit code 3 without such a line");
    }

    @Test
    void findsALineThatNamesAnotherDisk() throws Exception {
        Files.writeString(log, REFUSAL.replace("spool", "journal") + "\n");

        assertThat(ended("exit 1", 0).wrong()).get().asString().contains("/home/journal");
    }

    @Test
    void doesNotTakeALineOfAnEarlierStartForThisOnes() throws Exception {
        Files.writeString(log, REFUSAL + "\n");

        assertThat(ended("exit 1", (int) Files.size(log)).wrong()).isPresent();
    }

    private RefusedStart ended(String command, int before) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command).start();
        process.waitFor();
        return new RefusedStart(process, () -> false, log, before, DISK, new RunClock());
    }
}
