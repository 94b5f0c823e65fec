package io.saddlebag.message.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictFileTest {
    private static VerdictFile read(String kind, String text) {
        return VerdictFile.read(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String acknowledgement(String code) {
        return "MSH|^~\\&|LIS|CA-RC|LAB|FL-LAB|20251008||ACK|7|P|2.5\rMSA|" + code + "|6|Missing OBX\r";
    }

    @Test
    void takesAnEmptyFileATextAndJson() {
        assertThat(read("accepted", "")).isEqualTo(new VerdictFile("accepted", null, null));
        assertThat(read("rejected", " two columns are lacking\n"))
                .isEqualTo(new VerdictFile("rejected", null, "two columns are lacking"));
        assertThat(read("rejected", "{\"code\":\"bad-columns\",\"reason\":\"column 3\",\"row\":7}"))
                .isEqualTo(new VerdictFile("rejected", "bad-columns", "column 3"));
        assertThat(read("rejected", "{\"row\":7}")).isEqualTo(new VerdictFile("rejected", null, "{\"row\":7}"));
    }

    @ParameterizedTest
    @CsvSource({"AA, accepted", "CA, accepted", "AE, rejected", "AR, rejected", "CE, rejected", "CR, rejected"})
    void understandsAnHl7Acknowledgement(String code, String kind) {
        VerdictFile said = read(kind, "\u000b" + acknowledgement(code) + "\u001c\r");

        assertThat(said.code()).isEqualTo(code);
        assertThat(said.reason()).contains("Missing OBX").doesNotContain("\r");
        String other = kind.equals("accepted") ? "rejected" : "accepted";
        assertThatThrownBy(() -> read(other, acknowledgement(code)))
                .hasMessageContainingAll("says " + other, "found " + code, "Name it ." + kind);
    }

    @Test
    void takesAnAcknowledgementInLatin1() {
        byte[] latin = acknowledgement("AE").replace("Missing", "fehlt \u00fc").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(VerdictFile.read("rejected", latin).reason()).contains("fehlt \u00fc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\": 7}",
                "{\"code\": \"two words\"}",
                "{\"code\": \"a\", \"code\": \"b\"}",
                "{\"kind\": \"accepted\"}",
                "{no JSON",
                "MSH|^~\\&|LIS\rPID|1",
                "MSH|^~\\&|LIS\rMSA|XX|1",
                "MSH|^~\\&|LIS\rMSA|AE|1\rMSA|AR|2"
            })
    void refusesWhatIsNoVerdict(String text) {
        assertThatThrownBy(() -> read("rejected", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Expected", "found");
    }

    @Test
    void refusesMoreThanItsLimitAndOtherBytes() {
        assertThat(read("rejected", "x".repeat(VerdictFile.MOST_BYTES)).reason())
                .hasSize(VerdictFile.MOST_BYTES);
        assertThatThrownBy(() -> read("rejected", "x".repeat(VerdictFile.MOST_BYTES + 1)))
                .hasMessageContaining("at most 16384 bytes");
        assertThatThrownBy(() -> VerdictFile.read("rejected", new byte[] {(byte) 0xff, 1}))
                .hasMessageContaining("UTF-8");
    }
}
