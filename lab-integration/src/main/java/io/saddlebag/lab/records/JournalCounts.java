package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage.State;
import java.util.Map;

/** How many messages are in which state. Reads indexes alone, so that a long journal costs nothing. */
public final class JournalCounts {
    private final LabJournal journal;

    public JournalCounts(LabJournal journal) {
        this.journal = journal;
    }

    /** The states that wait for headquarters. */
    public Map<State, Long> waiting() {
        return journal.value(
                "SELECT coalesce(sum(state = 'CLAIMED'), 0), coalesce(sum(state = 'SEALED'), 0) FROM message"
                        + " WHERE state IN ('CLAIMED', 'SEALED')",
                row -> Map.of(State.CLAIMED, row.getLong(1), State.SEALED, row.getLong(2)));
    }

    /** Messages that headquarters confirmed and that lack a receipt. */
    public long unreceipted() {
        return journal.value(
                "SELECT count(*) FROM message WHERE state = 'SENT' AND is_receipted = 0", row -> row.getLong(1));
    }
}
