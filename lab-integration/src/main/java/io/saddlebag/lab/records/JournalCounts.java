package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** How many messages are in which state. Reads indexes alone, so that a long journal costs nothing. */
public final class JournalCounts {
    private final LabJournal journal;

    public JournalCounts(LabJournal journal) {
        this.journal = journal;
    }

    /**
     * Files of one state.
     *
     * @param bytes of the files as they were dropped
     * @param oldest its claim; null when there is none
     */
    public record Files(long count, long bytes, Instant oldest) {}

    /** The states that wait for headquarters, each with what waits in it. */
    public Map<State, Files> waiting() {
        return journal.value(
                "SELECT " + files("CLAIMED") + ", " + files("SEALED")
                        + " FROM message WHERE state IN ('CLAIMED', 'SEALED')",
                row -> new TreeMap<>(Map.of(State.CLAIMED, files(row, 1), State.SEALED, files(row, 4))));
    }

    private static String files(String state) {
        String these = " FILTER (WHERE state = '" + state + "')";
        return "count(*)" + these + ", coalesce(sum(size)" + these + ", 0), min(sent_timestamp)" + these;
    }

    private static Files files(ResultSet row, int from) throws SQLException {
        String oldest = row.getString(from + 2);
        return new Files(row.getLong(from), row.getLong(from + 1), oldest == null ? null : Instant.parse(oldest));
    }

    /** Messages that headquarters confirmed and that lack a receipt. */
    public long unreceipted() {
        return journal.value(
                "SELECT count(*) FROM message WHERE state = 'SENT' AND is_receipted = 0", row -> row.getLong(1));
    }
}
