package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DroppedNameTest {
    private static final SiteId OWN = SiteId.of("FL-LAB");

    @Test
    void readsTheMessageIdBeforeTheFirstDot() {
        DroppedName name = DroppedName.judge("FL-LAB_DAT_20251008_001.csv.gz", OWN);

        assertThat(name.messageId()).isEqualTo(MessageId.of("FL-LAB_DAT_20251008_001"));
        assertThat(name.extension()).isEqualTo("csv.gz");
    }

    @Test
    void takesANameWithoutAnEnding() {
        assertThat(DroppedName.judge("FL-LAB_DAT_20251008_001", OWN).extension())
                .isEmpty();
    }

    @Test
    void refusesAnotherSitesName() {
        assertRefused("PA-LAB_DAT_20251008_001.csv", Refusal.Code.WRONG_SENDER, "FL-LAB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "results.csv",
                "FL-LAB_DAT_20251308_001.csv",
                "fl-lab_dat_20251008_001.csv",
                "FL-LAB_DAT_20251008_001.",
                "FL-LAB_DAT_20251008_001.a b",
                "FL-LAB_DAT_20251008_001.a\nb",
                "FL-LAB_DAT_20251008_001.csv."
            })
    void refusesANameThatIsNoMessageId(String fileName) {
        assertRefused(fileName, Refusal.Code.BAD_NAME, "Rename");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FL-LAB_DAT_20251008_001.camel.yaml",
                "FL-LAB_DAT_20251008_001.Camel.YAML",
                "FL-LAB_DAT_20251008_001.x.camel.yml"
            })
    void refusesTheEndingOfARouteFile(String fileName) {
        assertRefused(fileName, Refusal.Code.BAD_NAME, "runs as a route");
        assertThatThrownBy(() -> DroppedName.judgeAny(fileName.substring(fileName.indexOf('.') + 1), OWN))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_NAME));
    }

    @Test
    void takesOtherFilesOfThatFormat() {
        assertThat(DroppedName.judge("FL-LAB_DAT_20251008_001.yaml", OWN).extension())
                .isEqualTo("yaml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "CON; Windows",
                "nul.txt; Windows",
                "Com1.tar.gz; Windows",
                "LPT\u00B2; Windows",
                "AUX .txt; Windows",
                "a.; dot or space",
                "'a.txt '; dot or space",
                "..; path",
                "a<b; without any of",
                "a:b; without any of",
                "'a\"b'; without any of",
                "a|b; without any of",
                "a?; without any of",
                "*; without any of",
                "a\\b; without any of",
                "../a; without any of"
            })
    void refusesANameThatAnotherPlatformCannotHold(String fileName, String inReason) {
        assertThatThrownBy(() -> DroppedName.judgeAny(fileName, OWN))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_NAME))
                .hasMessageContaining(inReason.equals("path") ? "without any of" : inReason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "a\nb", "a\u007Fb", "a\u202Eb", "a\u200Bb", "a\u2028b", "a\uFFFDb"})
    void refusesControlAndUnseenCharacters(String fileName) {
        assertThatThrownBy(() -> DroppedName.judgeAny(fileName, OWN))
                .isInstanceOf(Refusal.class)
                .message()
                .doesNotContain("\n")
                .contains("Rename");
    }

    /** As the file systems of Macs give them. */
    @Test
    void composesLettersAndAccentsThatAreApart() {
        assertThat(DroppedName.judgeAny("u\u0308.csv", OWN).fileName()).isEqualTo("\u00FC.csv");
        assertThatThrownBy(() -> DroppedName.judge("u\u0308.csv", OWN)).hasMessageContaining("found '\u00FC'");
    }

    @Test
    void refusesANameThatLeavesNoRoomForAnEnding() {
        assertThat(DroppedName.judgeAny("\u00FC".repeat(100), OWN).messageId()).isNull();
        assertThatThrownBy(() -> DroppedName.judgeAny("\u00FC".repeat(100) + "x", OWN))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("200 bytes");
    }

    @Test
    void keepsAMessageIdWhereOthersAreAssigned() {
        assertThat(DroppedName.judgeAny("FL-LAB_DAT_20251008_001.csv", OWN).messageId())
                .isEqualTo(MessageId.of("FL-LAB_DAT_20251008_001"));
        assertThat(DroppedName.judgeAny("results.2025.csv", OWN).extension()).isEqualTo("csv");
        assertThatThrownBy(() -> DroppedName.judgeAny("PA-LAB_DAT_20251008_001.csv", OWN))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.WRONG_SENDER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FL-LAB_DAT_20251008_001.message.json", "FL-LAB_DAT_20251008_001.x.MESSAGE.JSON"})
    void refusesTheEndingOfTheStandardizedFile(String fileName) {
        assertRefused(fileName, Refusal.Code.BAD_NAME, ".message.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".hidden",
                "a.csv.part",
                "a.csv.TMP",
                "a.csv.ready",
                "a.csv~",
                "a.filepart",
                "Thumbs.db",
                "@eaDir",
                "~$a.xlsx"
            })
    void passesOverWhatIsNotFinished(String fileName) {
        assertThat(DroppedName.isPassedOver(fileName, SystemFiles.USUAL)).isTrue();
    }

    @Test
    void looksAtEverythingElse() {
        assertThat(DroppedName.isPassedOver("results.csv", SystemFiles.USUAL)).isFalse();
    }

    @Test
    void namesTheWayForPairedReads() {
        assertRefused("FL-LAB_DAT_20251008_001_r1.fastq.gz", Refusal.Code.BAD_NAME, "group: stem");
        assertRefused("FL-LAB_DAT_20251008_001_R1.fastq.gz", Refusal.Code.BAD_NAME, "group: stem");
    }

    private static void assertRefused(String fileName, Refusal.Code code, String inReason) {
        assertThatThrownBy(() -> DroppedName.judge(fileName, OWN))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code))
                .hasMessageContaining(inReason)
                .message()
                .doesNotContain("\n");
    }
}
