package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.message.SiteId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExcusesTest {
    private static final DroppedFile FILE = DroppedFile.of(5, 0);
    private static final String NOT_WHOLE = "expected its sealed message whole in the spool: damaged at offset 4";
    private static final String LOST = "expected it acknowledged, since CA-RC has delivered it, found it dead-lettered";
    private static final String ANOTHER = "expected the manifest of FL-LAB, SHA-256 00, found 01";
    private static final String FAILED =
            "expected it nowhere else, being failed, found it acknowledged at headquarters";

    private static final String NO_ROW = "expected it in the laboratory's journal, since DC-HQ has it, found no row";

    private final Excuses excuses = new Excuses();

    @Test
    void excusesNothingWithoutAFault() {
        assertThat(isExcused("DC-HQ", FILE.messageId(), NOT_WHOLE)).isFalse();
        assertThat(isExcused("CA-RC", FILE.messageId() + " for CA-RC", ANOTHER)).isFalse();
        assertThat(isExcused("FL-LAB", FILE.messageId() + " for CA-RC", FAILED)).isFalse();
        assertThat(isExcused("FL-LAB", FILE.messageId() + " for CA-RC", NO_ROW)).isFalse();
    }

    @Test
    void excusesTheDamagedBytesOfADamagedMessageAtHeadquartersAlone() {
        excuses.damaged(FILE.messageId());

        assertThat(isExcused("DC-HQ", FILE.messageId(), NOT_WHOLE)).isTrue();
        assertThat(isExcused("DC-HQ", FILE.messageId() + " for CA-RC", LOST)).isTrue();
        assertThat(isExcused("CA-RC", FILE.messageId(), NOT_WHOLE)).isFalse();
        assertThat(isExcused("DC-HQ", FILE.messageId(), ANOTHER)).isFalse();
        assertThat(isExcused("DC-HQ", FILE.messageId() + "1", NOT_WHOLE)).isFalse();
    }

    @Test
    void excusesTheSecondMessageOfARefusedRepeat() {
        excuses.refused(FILE);

        assertThat(isExcused("CA-RC", FILE.messageId() + " for CA-RC", ANOTHER)).isTrue();
        assertThat(isExcused("FL-LAB", FILE.messageId() + " for CA-RC", FAILED)).isTrue();
        assertThat(isExcused("FL-LAB", FILE.messageId() + " for CA-RC", NO_ROW)).isFalse();
        assertThat(isExcused("FL-LAB", FILE.messageId(), "expected a file in sent/, found none"))
                .isFalse();
    }

    @Test
    void excusesNoOtherFindingOfAForgottenFileThatWasNotRefused() {
        excuses.sentTwice(List.of(FILE));

        assertThat(isExcused("CA-RC", FILE.messageId() + " for CA-RC", ANOTHER)).isFalse();
    }

    private boolean isExcused(String site, String subject, String text) {
        return excuses.isExcused(new Finding(SiteId.of(site), subject, text));
    }
}
