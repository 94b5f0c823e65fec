package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.message.MessageId;
import java.sql.SQLException;

/**
 * Assigns message_ids, one after the other in each series. The last number of a series is kept apart from the messages,
 * so that it is not given again when a message is forgotten. Within a transaction of the journal.
 */
final class IdSeries {
    private final JournalStatements statements;

    IdSeries(JournalStatements statements) {
        this.statements = statements;
    }

    /**
     * The next id that no message has.
     *
     * @param series the beginning of its ids, such as {@code FL-LAB_DAT_20251008_}
     */
    MessageId next(String series) throws SQLException {
        MessageId next;
        do {
            long number = statements.first(
                    "INSERT INTO series (prefix, seq) VALUES (?, 1)"
                            + " ON CONFLICT (prefix) DO UPDATE SET seq = seq + 1 RETURNING seq",
                    row -> row.getLong(1),
                    series);
            next = AssignedId.id(series, number);
        } while (statements.has("SELECT 1 FROM message WHERE message_id = ?", next.value()));
        return next;
    }

    /** The last number given in a series; 0 for none. */
    long last(String series) throws SQLException {
        return statements.first(
                "SELECT coalesce(max(seq), 0) FROM series WHERE prefix = ?", row -> row.getLong(1), series);
    }

    /** Gives no number up to this one any more. */
    void atLeast(String series, long number) throws SQLException {
        statements.update(
                "INSERT INTO series (prefix, seq) VALUES (?, ?)"
                        + " ON CONFLICT (prefix) DO UPDATE SET seq = max(seq, excluded.seq)",
                series,
                number);
    }
}
