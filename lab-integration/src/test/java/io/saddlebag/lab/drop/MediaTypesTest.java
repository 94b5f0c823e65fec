package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MediaTypesTest {
    @Test
    void goesByTheLastEnding() {
        assertThat(MediaTypes.of("csv")).isEqualTo("text/csv");
        assertThat(MediaTypes.of("CSV")).isEqualTo("text/csv");
        assertThat(MediaTypes.of("csv.gz")).isEqualTo("application/gzip");
    }

    @Test
    void knowsNothingOfOthers() {
        assertThat(MediaTypes.of("")).isEqualTo(MediaTypes.UNKNOWN);
        assertThat(MediaTypes.of("xyz")).isEqualTo(MediaTypes.UNKNOWN);
    }
}
