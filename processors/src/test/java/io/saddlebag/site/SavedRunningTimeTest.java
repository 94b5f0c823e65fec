package io.saddlebag.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.testing.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedRunningTimeTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final SettableClock wall = SettableClock.still(Instant.parse("2026-03-01T08:00:00.123456789Z"));
    private final SettableClock steady = SettableClock.still(Instant.EPOCH);
    private final SiteClocks clocks = new SiteClocks(wall, steady);
    private final Instant dated = wall.instant();
    private SiteHome home;
    private Path file;

    @BeforeEach
    void aDayPasses() throws Exception {
        home = new SiteHome(folder);
        file = home.run().resolve("running-time");
        try (SavedRunningTime saved = SavedRunningTime.open(home, clocks)) {
            passes(DAY);
            assertThat(saved.time().age(dated)).isEqualTo(DAY);
        }
    }

    private void passes(Duration duration) {
        wall.advance(duration);
        steady.advance(duration);
    }

    private Duration ageAtTheNextStart() throws Exception {
        passes(DAY);
        try (SavedRunningTime saved = SavedRunningTime.open(home, clocks)) {
            return saved.time().age(dated);
        }
    }

    @Test
    void goesOnWhereTheRunBeforeLeftOff() throws Exception {
        assertThat(ageAtTheNextStart()).isEqualTo(DAY);
    }

    @Test
    void aDoubtOutlastsARestart() throws Exception {
        try (SavedRunningTime saved = SavedRunningTime.open(home, clocks)) {
            wall.advance(Duration.ofDays(-100));
            assertThat(saved.time().otherReading(wall.instant())).contains(dated.plus(DAY));
        }
        try (SavedRunningTime saved = SavedRunningTime.open(home, clocks)) {
            assertThat(saved.time().otherReading(wall.instant())).contains(dated.plus(DAY));
        }
    }

    @Test
    void withoutTheFileAllAgesCountFromTheStart() throws Exception {
        Files.delete(file);
        assertThat(ageAtTheNextStart()).isZero();
    }

    @Test
    void aTornFileMakesNothingOlder() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(ageAtTheNextStart()).as("torn after %s bytes", length).isZero();
        }
    }

    @Test
    void aFlippedBitMakesNothingOlder() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length - 1; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThat(ageAtTheNextStart()).as("damaged at %s", at).isZero();
        }
    }

    @Test
    void aFileThatCannotBeReadStopsNoSite() throws Exception {
        Files.delete(file);
        Files.createDirectory(file);
        Files.delete(file);
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0}, StandardOpenOption.CREATE);
        assertThat(ageAtTheNextStart()).isZero();
    }

    @Test
    void theFileStaysSmall() throws Exception {
        for (int run = 0; run < RunningTime.MOST_STRETCHES + 50; run++) {
            ageAtTheNextStart();
        }
        assertThat(Files.size(file)).isLessThan(100_000);
    }
}
