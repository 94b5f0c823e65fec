package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void leavesPlainTextAsItIs() {
        assertThat(Printable.of("FL-LAB, größer, 実験, \uD83E\uDDEA")).isEqualTo("FL-LAB, größer, 実験, \uD83E\uDDEA");
    }

    @Test
    void makesLineBreaksAndTerminalCodesVisible() {
        assertThat(Printable.of("a\r\nINFO forged\u001B[31m\u0000"))
                .isEqualTo("a\\u000D\\u000AINFO forged\\u001B[31m\\u0000");
    }

    @Test
    void makesInvisibleAndReorderingCharactersVisible() {
        assertThat(Printable.of("\u202Egnp.exe\u2028\u200B")).isEqualTo("\\u202Egnp.exe\\u2028\\u200B");
    }

    @Test
    void makesHalvesOfCharactersVisible() {
        assertThat(Printable.of("a\uD83E")).isEqualTo("a\\uD83E");
    }

    @Test
    void cutsLongTextAndSaysSo() {
        assertThat(Printable.of("x".repeat(1_000_000)))
                .hasSize(Printable.MAX_LENGTH + 3)
                .endsWith("...");
        assertThat(Printable.of("\n".repeat(1_000))).hasSizeLessThan(Printable.MAX_LENGTH + 10);
    }

    @Test
    void doesNotCutWhatJustFits() {
        String longest = "x".repeat(Printable.MAX_LENGTH);

        assertThat(Printable.of(longest)).isEqualTo(longest);
    }

    @Test
    void printsNullAsAWord() {
        assertThat(Printable.of(null)).isEqualTo("null");
    }
}
