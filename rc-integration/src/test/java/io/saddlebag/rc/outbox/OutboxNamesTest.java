package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxNamesTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @ParameterizedTest
    @CsvSource({
        "FL-LAB_DAT_20251008_001.csv, FL-LAB_DAT_20251008_001.csv",
        "FL-LAB_DAT_20251008_001.tar.gz, FL-LAB_DAT_20251008_001.tar.gz",
        "FL-LAB_DAT_20251008_001.json, FL-LAB_DAT_20251008_001.json",
        "FL-LAB_DAT_20251008_001, FL-LAB_DAT_20251008_001",
        "another name.PDF, FL-LAB_DAT_20251008_001.PDF",
    })
    void takesTheEndingOfTheDroppedName(String dropped, String expected) {
        assertThat(OutboxNames.payload(ID, dropped)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FL-LAB_DAT_20251008_001.ready",
                "FL-LAB_DAT_20251008_001.DONE",
                "FL-LAB_DAT_20251008_001.x.done",
                "FL-LAB_DAT_20251008_001.csv.Ready",
                "another name.done",
                "FL-LAB_DAT_20251008_001.../../etc/passwd",
                "FL-LAB_DAT_20251008_001.a/b",
                "FL-LAB_DAT_20251008_001.c\nsv",
                "FL-LAB_DAT_20251008_001.",
                "FL-LAB_DAT_20251008_001..csv",
                "FL-LAB_DAT_20251008_001.a.b.c.d.e",
                "FL-LAB_DAT_20251008_001.abcdefghijklmnopqrstuvwxyzabcdefghijklm",
                "../../x",
                ""
            })
    void leavesOutAnEndingThatIsNotPlain(String dropped) {
        assertThat(OutboxNames.payload(ID, dropped)).isEqualTo("FL-LAB_DAT_20251008_001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FL-LAB_DAT_20251008_001.message.json", "FL-LAB_DAT_20251008_001.MESSAGE.Json"})
    void refusesWhatWouldPoseAsAStandardizedFile(String dropped) {
        assertThatThrownBy(() -> OutboxNames.payload(ID, dropped))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_NAME));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FL-LAB_DAT_20251008_001.camel.yaml",
                "FL-LAB_DAT_20251008_001.CAMEL.yaml",
                "FL-LAB_DAT_20251008_001.a.camel.yml",
                "another name.camel.yaml"
            })
    void refusesTheEndingOfARouteFile(String dropped) {
        assertThatThrownBy(() -> OutboxNames.payload(ID, dropped))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_NAME));
    }

    @Test
    void hidesWhatIsStagedFromEveryScan() {
        assertThat(OutboxNames.standardizedFile(ID)).isEqualTo("FL-LAB_DAT_20251008_001.message.json");
        assertThat(OutboxNames.staged(ID)).startsWith(".").endsWith(AtomicFiles.TEMPORARY_SUFFIX);
    }
}
