package io.saddlebag.rc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.AgeKeyFile;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningKeysTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path folder;

    private final SettableClock clock = SettableClock.still(NOW);
    private final AgeIdentity first = AgeIdentity.generate();
    private Path file;
    private OpeningKeys keys;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("age.key");
        first.write(file);
        keys = OpeningKeys.load(file, () -> null, clock);
    }

    private void rotate(Duration grace) throws IOException {
        AgeKeyFile.load(file, () -> null).rotated(NOW, NOW.plus(grace)).replace(file, null);
    }

    @Test
    void takesAChangedFileUpAndEndsAKeyWithItsGrace() throws Exception {
        assertThat(keys.look()).isFalse();
        rotate(Duration.ofHours(1));

        assertThat(keys.look()).isTrue();
        AgeIdentity second = keys.published().get(0);
        assertThat(keys.published()).hasSize(1).doesNotContain(first);
        assertThat(keys.get()).containsExactly(second, first);

        clock.advance(Duration.ofHours(1));
        assertThat(keys.look()).isFalse();
        assertThat(keys.get()).containsExactly(second);
    }

    @Test
    void keepsItsKeysWhenTheChangedFileIsBrokenAndTellsOnce() throws Exception {
        Files.writeString(file, "AGE-SECRET-KEY-1BROKEN");
        try (LoggedLines log = LoggedLines.of(OpeningKeys.class)) {
            assertThat(keys.look()).isFalse();
            assertThat(keys.look()).isFalse();

            assertThat(log.at(Level.ERROR)).singleElement().asString().contains("age.key:1:");
        }
        assertThat(keys.get()).containsExactly(first);
    }

    @Test
    void doesNotStartWithoutAKeyToSealFor() throws Exception {
        rotate(Duration.ofHours(1));
        String text = Files.readString(file);
        Files.writeString(file, text.substring(text.lastIndexOf("# created")));

        assertThatThrownBy(() -> OpeningKeys.load(file, () -> null, clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("without an end");
    }
}
