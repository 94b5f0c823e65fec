package io.saddlebag.lab.scan;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OddEntriesTest {
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final Path LINK = Path.of("drop/link");

    private final OddEntries odd = new OddEntries();

    @Test
    void offersABoundedNumberAnHourAndSaysOnceThatOthersStay() {
        try (LoggedLines lines = LoggedLines.of(OddEntries.class)) {
            for (int hour = 0; hour < 2; hour++) {
                Instant now = NOW.plus(Duration.ofHours(hour));
                for (int i = 0; i < OddEntries.MOST; i++) {
                    assertThat(odd.isOffered(LINK, now)).isTrue();
                }
                assertThat(odd.isOffered(LINK, now)).isFalse();
                assertThat(odd.isOffered(LINK, now.plusSeconds(3599))).isFalse();
                assertThat(lines.at(Level.WARN)).hasSize(hour + 1);
            }
            assertThat(lines.at(Level.WARN).get(0)).contains("drop/link: one more link", "stay here");
        }
    }
}
