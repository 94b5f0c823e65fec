package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void cutsTheMiddleOfALongValueAndSaysSo() {
        assertThat(Printable.of("a" + "x".repeat(1_000_000) + "z"))
                .hasSize(Printable.MAX_VALUE)
                .startsWith("axx")
                .contains("x...x")
                .endsWith("xxz");
        assertThat(Printable.of("\n".repeat(1_000))).hasSizeLessThanOrEqualTo(Printable.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {79, 80, 81, 82, 83})
    void cutsNoCharacterInHalves(int before) {
        assertThat(Printable.of("x".repeat(before) + "\uD83E\uDDEA".repeat(500)))
                .contains("...")
                .doesNotContain("\\u");
    }

    /** As an error of another site, in which the cause is as long as a name may be. */
    @Test
    void keepsTheRemedyAtTheEndOfAnError() {
        String remedy = ". Make it anew with: saddlebag init site FL-LAB --ca ca --home fl-lab";
        String short200 = "expected that, found '" + "x".repeat(200) + "'" + remedy;

        assertThat(Printable.reason(short200)).isEqualTo(short200);
        assertThat(Printable.reason("expected that, found '" + "\n".repeat(100_000) + "'" + remedy))
                .hasSizeLessThanOrEqualTo(Printable.MAX_REASON)
                .startsWith("expected that, found '")
                .endsWith(remedy);
    }

    @Test
    void doesNotCutWhatJustFits() {
        String longest = "x".repeat(Printable.MAX_VALUE);

        assertThat(Printable.of(longest)).isEqualTo(longest);
    }

    @Test
    void printsNullAsAWord() {
        assertThat(Printable.of(null)).isEqualTo("null");
    }

    /** A file that people look at, with a text of others in it. */
    private record Named(
            @JsonSerialize(using = PrintableString.class) String name) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain, \u00FC, \uD83E\uDDEA",
                "a\u001B[2J",
                "b\u009B31m \"quoted\" \\ back",
                "c\u202Etxt.exe",
                "d\n\u0007",
                "\uDB40\uDC41",
                "half \uD83E"
            })
    void writesNothingIntoAFileThatMovesATerminalAndKeepsTheText(String name) {
        String json = Json.text(new Named(name));

        assertThat(json.codePoints()).allMatch(Printable::isPlain);
        assertThat(Json.read(json.getBytes(StandardCharsets.UTF_8), Named.class).name())
                .isEqualTo(name);
    }
}
