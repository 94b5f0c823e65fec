package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalWriter;
import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.message.MessageId;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Assigns message_ids, one after the other in each series. The last number of a series is kept apart from the messages,
 * so that it is not given again when a message is forgotten. Within a transaction of the journal.
 */
final class IdSeries {
    private final JournalWriter writer;

    IdSeries(JournalWriter writer) {
        this.writer = writer;
    }

    /**
     * The next id that no message has.
     *
     * @param series the beginning of its ids, such as {@code FL-LAB_DAT_20251008_}
     */
    MessageId next(String series) throws SQLException {
        MessageId next;
        do {
            next = AssignedId.id(series, nextNumber(series));
        } while (isTaken(next));
        return next;
    }

    private long nextNumber(String series) throws SQLException {
        try (ResultSet row = writer.prepare(
                        "INSERT INTO series (prefix, seq) VALUES (?, 1)"
                                + " ON CONFLICT (prefix) DO UPDATE SET seq = seq + 1 RETURNING seq",
                        series)
                .executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The last number given in a series; 0 for none. */
    long last(String series) throws SQLException {
        try (ResultSet row = writer.prepare("SELECT seq FROM series WHERE prefix = ?", series)
                .executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Gives no number up to this one any more. */
    void atLeast(String series, long number) throws SQLException {
        writer.update(
                "INSERT INTO series (prefix, seq) VALUES (?, ?)"
                        + " ON CONFLICT (prefix) DO UPDATE SET seq = max(seq, excluded.seq)",
                series,
                number);
    }

    private boolean isTaken(MessageId messageId) throws SQLException {
        try (ResultSet row = writer.prepare("SELECT 1 FROM message WHERE message_id = ?", messageId.value())
                .executeQuery()) {
            return row.next();
        }
    }
}
