package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdTest {
    @Test
    void tellsTheSender() {
        MessageId id = MessageId.of("FL-LAB_DAT_20251008_001");

        assertThat(id.sender()).isEqualTo(SiteId.of("FL-LAB"));
        assertThat(id).hasToString("FL-LAB_DAT_20251008_001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PA-LAB_RPT_20251008_125",
                "AB_DA_20240229_000",
                "FL-LAB_DAT_20251008_123456789012",
                "FL-LAB_DAT_20251008_001_r2",
                "FL-LAB_DAT_20251008_001_r9999",
                "A2345678901234567890123456789012_D234567890123456_20251008_123456789012_r9999",
            })
    void takesNamesOfTheShape(String value) {
        assertThat(MessageId.of(value).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FL-LAB",
                "FL-LAB_DAT_20251008",
                "FL-LAB_DAT_20251008_01",
                "FL-LAB_DAT_20251008_1234567890123",
                "fl-lab_DAT_20251008_001",
                "FL-LAB_dat_20251008_001",
                "FL-LAB_D_20251008_001",
                "-LAB_DAT_20251008_001",
                "FL--LAB_DAT_20251008_001",
                "FL-LAB-_DAT_20251008_001",
                "FL-LAB_DAT_20251008_001.csv",
                "../FL-LAB_DAT_20251008_001",
                "FL-LAB_DAT_20251008_001\n",
                " FL-LAB_DAT_20251008_001",
                "FL-LAB_DAT_20251008_00\u0661",
                "FL-LAB_DAT_20251008_001_r1",
                "FL-LAB_DAT_20251008_001_r02",
                "FL-LAB_DAT_20251008_001_r10000",
            })
    void refusesOtherNames(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageId.of(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20250229", "20251301", "20250100", "20251032", "00000000"})
    void refusesADateThatIsNotInTheCalendar(String date) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageId.of("FL-LAB_DAT_" + date + "_001"))
                .withMessageContaining("found " + date);
    }

    @Test
    void staysShortEnoughForAnyFileSystem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageId.of("FL-LAB_DAT_20251008_" + "1".repeat(MessageId.MAX_LENGTH)));
    }

    @Test
    void sortsByItsText() {
        assertThat(MessageId.of("FL-LAB_DAT_20251008_001")).isLessThan(MessageId.of("FL-LAB_DAT_20251008_002"));
    }

    @Test
    void isItsTextInJson() {
        MessageId id = MessageId.of("FL-LAB_DAT_20251008_001");

        assertThat(Json.write(id)).asString().isEqualTo("\"FL-LAB_DAT_20251008_001\"");
        assertThat(Json.read(Json.write(id), MessageId.class)).isEqualTo(id);
    }

    @Test
    void aCorrectionNamesWhatItReplaces() {
        assertThat(MessageId.of("FL-LAB_DAT_20251008_001").replaces()).isEmpty();
        assertThat(MessageId.of("FL-LAB_DAT_20251008_001_r2").replaces())
                .contains(MessageId.of("FL-LAB_DAT_20251008_001"));
        assertThat(MessageId.of("FL-LAB_DAT_20251008_001_r11").replaces())
                .contains(MessageId.of("FL-LAB_DAT_20251008_001_r10"));
    }

    @Test
    void knowsTheMessageThatACorrectionIsOf() {
        MessageId first = MessageId.of("FL-LAB_DAT_20251008_001");
        assertThat(first.revision()).isEqualTo(1);
        assertThat(first.first()).isEqualTo(first);
        assertThat(MessageId.of(first + "_r12").revision()).isEqualTo(12);
        assertThat(MessageId.of(first + "_r12").first()).isEqualTo(first);
    }
}
