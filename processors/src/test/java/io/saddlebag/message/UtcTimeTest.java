package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTimeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2025-10-08T09:00:00Z",
                "2025-10-08T23:59:59.999Z",
                "2024-02-29T00:00:00.001Z",
                "1969-12-31T23:59:59.500Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999Z",
                "+10000-01-01T00:00:00Z",
                "0000-12-31T23:59:59Z",
                "2025-10-08T09:00:00.123456Z",
                "1969-12-31T23:59:59.000000001Z",
                "2025-10-08T09:00:00.123456789Z"
            })
    void readsAndWritesAsTheStandardLibraryDoes(String text) {
        assertThat(UtcTime.parse(text)).isEqualTo(Instant.parse(text));
        assertThat(UtcTime.format(Instant.parse(text)))
                .isEqualTo(Instant.parse(text).toString());
    }

    @Test
    void agreesWithTheStandardLibraryOnAnyTime() {
        Random random = new Random(20251008);
        long first = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
        long end = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
        for (int i = 0; i < 20_000; i++) {
            Instant time = Instant.ofEpochMilli(random.nextLong(first, end));
            assertThat(UtcTime.format(time)).isEqualTo(time.toString());
            assertThat(UtcTime.parse(time.toString())).isEqualTo(time);
            Instant finest = time.plusNanos(random.nextInt(1_000_000));
            for (Instant finer : List.of(finest, finest.truncatedTo(ChronoUnit.MICROS))) {
                assertThat(UtcTime.format(finer)).isEqualTo(finer.toString());
                assertThat(UtcTime.parse(finer.toString())).isEqualTo(finer);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2025-02-29T00:00:00Z",
                "2025-13-01T00:00:00Z",
                "2025-00-01T00:00:00Z",
                "2025-10-08T25:00:00Z",
                "2025-10-08T09:60:00Z",
                "2025-10-08 09:00:00Z",
                "2025-10-08T09:00:0xZ",
                "٢٠٢٥-10-08T09:00:00Z"
            })
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> UtcTime.parse(text)).isInstanceOf(DateTimeException.class);
    }
}
