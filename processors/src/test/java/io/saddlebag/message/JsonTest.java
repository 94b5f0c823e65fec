package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Message message(String name) {
        return new Message(
                MessageId.of("FL-LAB_DAT_20251008_001"),
                SiteId.of("FL-LAB"),
                Instant.parse("2025-10-08T09:00:00.123456789Z"),
                Message.ATTACHED,
                name,
                "text/csv",
                3,
                Sha256.of(new byte[3]),
                ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]));
    }

    private static Message read(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8), Message.class);
    }

    private static String written() {
        return new String(Json.write(message("x")), StandardCharsets.UTF_8);
    }

    @Test
    void readsWhatItWrites() {
        Message message = message("größe\n\"\\\uD83E\uDDEA");

        assertThat(Json.read(Json.write(message), Message.class)).isEqualTo(message);
    }

    @Test
    void writesInstantsAsTextAndNeverALineBreak() {
        assertThat(written()).contains("\"2025-10-08T09:00:00.123456789Z\"");
        assertThat(Json.write(message("a\nb"))).doesNotContain('\n');
    }

    @Test
    void refusesTheSameKeyTwice() {
        assertRefused(written().replaceFirst("\\{", "{\"size\":3,"));
    }

    @Test
    void refusesTextBehindTheEnd() {
        assertRefused(written() + "{}");
        assertRefused(written() + "x");
    }

    @Test
    void refusesAMissingNumberAndANumberThatIsNone() {
        assertRefused(written().replace("\"size\":3", "\"size\":null"));
        assertRefused(written().replace("\"size\":3", "\"size\":\"x\""));
        assertRefused(written().replace("\"size\":3", "\"size\":99999999999999999999"));
    }

    @Test
    void refusesAValueOfAnotherType() {
        assertRefused(written().replace("\"size\":3", "\"size\":\"3\""));
        assertRefused(written().replace("\"size\":3", "\"size\":3.0"));
        assertRefused(written().replace("\"size\":3", "\"size\":true"));
        assertRefused(written().replace("\"size\":3", "\"size\":[3]"));
        assertRefused(written().replace("\"text/csv\"", "7"));
        assertRefused(written().replace("\"text/csv\"", "[\"text/csv\"]"));
        assertRefused(written().replace("\"FL-LAB\"", "{\"value\":\"FL-LAB\"}"));
        assertRefused(written().replace("\"FL-LAB\"", "[\"FL-LAB\"]"));
        assertRefused(written().replace("\"2025-10-08T09:00:00.123456789Z\"", "1759914000"));
        assertRefused(written().replace("\"2025-10-08T09:00:00.123456789Z\"", "\"1759914000\""));
        assertRefused(written().replaceFirst("\\}$", ",\"folder\":\"\"}"));
        assertRefused(written().replaceFirst("\\}$", ",\"folder\":{\"files\":1,\"bytes\":2,\"bag\":0}}"));
    }

    @Test
    void refusesDeepNesting() {
        assertRefused(written().replaceFirst("\\{", "{\"x\":" + "[".repeat(100) + "]".repeat(100) + ","));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "{", "[]", "1", "\"x\"", "{}", "\uFFFF"})
    void refusesWhatIsNotTheType(String json) {
        assertRefused(json);
    }

    @Test
    void refusesWhatTheRecordRefuses() {
        assertRefused(written().replace("attached", "inline"));
        assertRefused(written().replace("\"size\":3", "\"size\":-1"));
        assertRefused(written().replace("FL-LAB_DAT_20251008_001", "x"));
    }

    @Test
    void doesNotRepeatControlCharactersInItsErrors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(written().replace("FL-LAB_DAT_20251008_001", "\\u001b[31m\\r\\n")))
                .withMessageNotContainingAny("\u001B", "\n", "\r");
    }

    private static void assertRefused(String json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(json))
                .withMessageStartingWith("Expected JSON (message), found ")
                .withMessageNotContainingAny("io.saddlebag", "java.", "class", "Jackson", "Source", "`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"x\":[            | a text that ends too early",
                "{\"size\"; 3}       | another text in line 1, column 8",
                "{\"a\":1,\"a\":2}   | a field twice: 'a'",
                "[]                  | a value of another kind, or none",
                "{\"sender_id\":\"x\"} | a fault: Expected a site id such as FL-LAB"
            })
    void saysInPlainWordsWhatItFound(String json, String found) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(json))
                .withMessageStartingWith("Expected JSON (message), found " + found);
    }

    @Test
    void namesARecordAndAListInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.read(new byte[] {'x'}, KeyBundle.class))
                .withMessageStartingWith("Expected JSON (key bundle), found ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.read(new byte[] {'x'}, MessageId[].class))
                .withMessageStartingWith("Expected JSON (list, each message id), found ");
    }
}
