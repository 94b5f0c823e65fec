package io.saddlebag.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.message.SiteId;
import io.saddlebag.oplog.OperatorJournal;
import org.junit.jupiter.api.Test;

/** An acceptance hides no other finding. */
class AcceptanceTest {
    private static final String LONG = "failed/" + "x".repeat(2000);

    private static String target(String subject, String text) {
        return Acceptance.target(new Finding(SiteId.of("FL-LAB"), subject, text));
    }

    @Test
    void tellsFindingsApartThatBeginAlike() {
        assertThat(target("sent/a.csv", "found it gone")).isEqualTo("sent/a.csv: found it gone");
        assertThat(target(LONG, "found it gone"))
                .isEqualTo(target(LONG, "found it gone"))
                .isNotEqualTo(target(LONG, "found it changed"))
                .isNotEqualTo(target(LONG + "y", "found it gone"));
    }

    /** The journal has it as it was written. */
    @Test
    void isALineOfTheOperatorJournalAsItIs() {
        String target = target(LONG, "found it gone");
        assertThat(OperatorJournal.text(target)).isEqualTo(target);
    }
}
