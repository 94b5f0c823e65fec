package io.saddlebag.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettledFilesTest {
    private static final Duration SETTLE_TIME = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private final SteppedClock clock = new SteppedClock();
    private final SettledFiles settled = new SettledFiles(SETTLE_TIME, clock);
    private Path file;

    @BeforeEach
    void drop() throws IOException {
        file = Files.writeString(folder.resolve("a.csv"), "1");
    }

    @Test
    void waitsTheSettleTime() throws IOException {
        assertThat(settled.isSettled(file)).isFalse();
        clock.step(SETTLE_TIME.minusMillis(1));
        assertThat(settled.isSettled(file)).isFalse();
        clock.step(Duration.ofMillis(1));
        assertThat(settled.isSettled(file)).isTrue();
    }

    @Test
    void startsAnewWhenTheFileGrows() throws IOException {
        settled.isSettled(file);
        FileTime modified = Files.getLastModifiedTime(file);
        Files.writeString(file, "12");
        Files.setLastModifiedTime(file, modified);
        clock.step(SETTLE_TIME);

        assertThat(settled.isSettled(file)).isFalse();
        clock.step(SETTLE_TIME);
        assertThat(settled.isSettled(file)).isTrue();
    }

    @Test
    void startsAnewWhenTheFileIsTouched() throws IOException {
        settled.isSettled(file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        clock.step(SETTLE_TIME);

        assertThat(settled.isSettled(file)).isFalse();
    }

    @Test
    void takesAFileAtOnceWhenItsMarkerStands() throws IOException {
        Files.createFile(SettledFiles.readyMarker(file));

        assertThat(settled.isSettled(file)).isTrue();
    }

    @Test
    void neverTakesAMarkerOrATemporaryName() throws IOException {
        Path marker = Files.createFile(SettledFiles.readyMarker(file));
        Path temporary = Files.createFile(folder.resolve("b.csv.tmp"));
        settled.isSettled(marker);
        settled.isSettled(temporary);
        clock.step(SETTLE_TIME);

        assertThat(settled.isSettled(marker)).isFalse();
        assertThat(settled.isSettled(temporary)).isFalse();
    }

    @Test
    void doesNotWaitForALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("b.csv"), file);

        assertThat(settled.isSettled(link)).isTrue();
    }

    @Test
    void doesNotOfferWhatIsGone() throws IOException {
        settled.isSettled(file);
        Files.delete(file);
        clock.step(SETTLE_TIME);

        assertThat(settled.isSettled(file)).isFalse();
    }

    @Test
    void holdsOffAFileThatCouldNotBeDealtWith() throws IOException {
        settled.holdOff(file, Duration.ofSeconds(30));
        Files.createFile(SettledFiles.readyMarker(file));

        clock.step(Duration.ofSeconds(29));
        assertThat(settled.isSettled(file)).isFalse();
        clock.step(Duration.ofSeconds(1));
        assertThat(settled.isSettled(file)).isTrue();
    }

    private static final class SteppedClock extends Clock {
        private Instant now = Instant.parse("2025-10-08T10:00:00Z");

        void step(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
