package io.saddlebag.observe.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus.Alert;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The JSON that is sent, as docs/formats.md has it.
 *
 * @param digest true when many alerts are open, so that the changes of an hour are sent together
 * @param open how many are open now
 */
record AlertNotice(
        String format, SiteId site, String role, Instant time, boolean digest, int open, List<Change> alerts) {
    static final String FORMAT = "saddlebag-alerts/1";
    static final String BEGINS = "begins";
    static final String ENDS = "ends";

    /**
     * An alert that began or ended.
     *
     * @param ended null when it begins
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Change(
            String state,
            String name,
            String severity,
            Map<String, String> labels,
            Instant since,
            Instant ended,
            String summary,
            String remedy) {
        static Change of(String state, Alert alert, Instant ended) {
            return new Change(
                    state,
                    alert.name(),
                    alert.severity(),
                    alert.labels(),
                    alert.since(),
                    ended,
                    alert.summary(),
                    alert.remedy());
        }
    }
}
