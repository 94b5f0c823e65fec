package io.saddlebag.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.message.Sha256;
import io.saddlebag.oplog.Operator;
import io.saddlebag.oplog.OperatorJournal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A finding that an operator accepted for good, as the operator journal of its site says, signed.
 *
 * @param by the operator
 * @param reason in his words
 */
@JsonPropertyOrder({"finding", "by", "time", "reason"})
public record Acceptance(
        @JsonProperty("finding") Finding finding,
        @JsonProperty("by") String by,
        @JsonProperty("time") Instant time,
        @JsonProperty("reason") String reason) {
    static final String ACTION = "accept-finding";

    static Acceptance of(Finding finding, OperatorEntry entry) {
        return new Acceptance(
                finding, new Operator(entry.user(), entry.sudoUser()).toString(), entry.time(), entry.reason());
    }

    /** How an entry of the operator journal names a finding. Two that begin with the same long text differ by their digest. */
    static String target(Finding finding) {
        String whole = finding.subject() + ": " + finding.text();
        String shown = OperatorJournal.text(whole);
        return shown.equals(whole)
                ? whole
                : OperatorJournal.text(Sha256.of(whole.getBytes(StandardCharsets.UTF_8)) + ": " + whole);
    }

    String text() {
        return finding.subject() + ": " + finding.text() + "; accepted by " + by + " at " + time + ": " + reason;
    }
}
