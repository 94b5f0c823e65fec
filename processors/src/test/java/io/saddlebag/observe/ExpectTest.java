package io.saddlebag.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectTest {
    @Test
    void readsTimesAndNever() {
        assertThat(Expect.of("1d")).isEqualTo(Duration.ofDays(1));
        assertThat(Expect.of("never")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "500ms", "daily", "1 d"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> Expect.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected never or a time of 1s or more such as 1d");
    }
}
