package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.message.SiteId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * The journal's table {@code missing}: ranges of a sender's count that later messages overtook, reported or not, one row a
 * range. A range shrinks as its messages come. Under the journal's lock.
 */
public final class MissingSeqs {
    private final JournalStatements statements;

    MissingSeqs(JournalStatements statements) {
        this.statements = statements;
    }

    /** Messages of a sender that have not come, from {@code first} to {@code last}. */
    public record Gap(SiteId sender, long first, long last) {}

    private record Range(long first, long last, long noticed, boolean isReported) {}

    /**
     * Takes note of a message that was recorded.
     *
     * @param highest its sender's highest count before
     */
    void arrived(SiteId sender, long seq, long highest, Instant now) throws SQLException {
        if (seq - 1 == highest) {
            return;
        }
        Range around = around(sender, seq);
        if (around != null) {
            split(sender, around, seq);
        } else if (seq - 1 > highest) {
            insert(sender, new Range(highest + 1, seq - 1, now.toEpochMilli(), false));
        }
    }

    private Range around(SiteId sender, long seq) throws SQLException {
        Range before = statements.first(
                "SELECT first_seq, last_seq, noticed_time, is_reported"
                        + " FROM missing WHERE sender_id = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
                row -> new Range(row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4)),
                sender.value(),
                seq);
        return before != null && before.last() >= seq ? before : null;
    }

    private void split(SiteId sender, Range range, long seq) throws SQLException {
        statements.update("DELETE FROM missing WHERE sender_id = ? AND first_seq = ?", sender.value(), range.first());
        if (range.first() < seq) {
            insert(sender, new Range(range.first(), seq - 1, range.noticed(), range.isReported()));
        }
        if (seq < range.last()) {
            insert(sender, new Range(seq + 1, range.last(), range.noticed(), range.isReported()));
        }
    }

    /** Replaces a range with the same beginning: a refused message may come again with a lower count. */
    private void insert(SiteId sender, Range range) throws SQLException {
        statements.update(
                "INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?, ?)",
                sender.value(),
                range.first(),
                range.last(),
                range.noticed(),
                range.isReported() ? 1 : 0);
    }

    /** The unreported gaps that were noticed by then, by sender and count. */
    List<Gap> unreported(Instant noticedBefore) throws SQLException {
        return statements.all(
                "SELECT sender_id, first_seq, last_seq FROM missing"
                        + " WHERE is_reported = 0 AND noticed_time <= ? ORDER BY sender_id, first_seq",
                row -> new Gap(SiteId.of(row.getString(1)), row.getLong(2), row.getLong(3)),
                noticedBefore.toEpochMilli());
    }

    void markReported(Instant noticedBefore) throws SQLException {
        statements.update("UPDATE missing SET is_reported = 1 WHERE noticed_time <= ?", noticedBefore.toEpochMilli());
    }
}
