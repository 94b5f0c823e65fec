package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartTest {
    @ParameterizedTest
    @ValueSource(strings = {"1/1", "2/3", "9999999/9999999"})
    void saysAgainWhatItRead(String text) {
        assertThat(Part.of(text)).hasToString(text);
    }

    @Test
    void knowsTheLast() {
        assertThat(Part.of("2/3").isLast()).isFalse();
        assertThat(Part.of("3/3").isLast()).isTrue();
        assertThat(Part.WHOLE.isLast()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "/", "1/", "/1", "0/1", "01/2", "3/2", "1/2/3", "-1/2", "1/10000000", "a/b", "1 /2"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Part.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k/n");
    }
}
