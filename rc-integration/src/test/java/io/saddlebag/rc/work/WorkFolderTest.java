package io.saddlebag.rc.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.Presence;
import io.saddlebag.testing.RunningTimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    @TempDir
    private Path folder;

    @Test
    void removesWhatAKilledProcessLeftHalfOpenedOrTriedAndNothingElse() throws Exception {
        Path opened = WorkFolder.open(
                        folder, Presence.ALWAYS, Duration.ofDays(1), RunningTimes.sinceEver(Clock.systemUTC()))
                .newFile();
        Files.writeString(opened, "half");
        Files.writeString(folder.resolve(".765e3de1-28c1-4c7b-af80-b08e9144cad0.part"), "whether there was room");
        Path parts = Files.writeString(folder.resolve("ca_rc_queue.FL-LAB_DAT_20251008_001.parts"), "parts");

        WorkFolder.open(folder, Presence.ALWAYS, Duration.ofDays(1), RunningTimes.sinceEver(Clock.systemUTC()));

        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(parts);
        }
    }
}
