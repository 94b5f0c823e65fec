package io.saddlebag.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.site.Settings;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S,    0s",
        "PT0.3S,  300ms",
        "PT5S,    5s",
        "PT1.5S,  1500ms",
        "PT90S,   90s",
        "PT1H30M, 90m",
        "PT24H,   1d",
        "PT36H,   36h",
        "PT720H,  30d",
        "PT-5S,   -5s"
    })
    void readsAsInASetting(Duration duration, String text) {
        assertThat(Durations.text(duration)).isEqualTo(text);
        if (!duration.isNegative()) {
            assertThat(Settings.durationOf(text)).isEqualTo(duration);
        }
    }
}
