package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The journal's table {@code fork}: pairs of a sender's messages of which only one can be in its sequence, as after a
 * restored or copied home. A row stays, so that an audit reports it. Under the journal's lock.
 */
final class SenderForks {
    private final JournalStatements statements;

    SenderForks(JournalStatements statements) {
        this.statements = statements;
    }

    /**
     * Two messages of a sender.
     *
     * @param messageId the one that came later
     * @param continued true when it follows a message of another such pair, which was reported
     */
    record Fork(SiteId sender, MessageId messageId, long seq, MessageId otherId, long otherSeq, boolean continued) {}

    /** @return true when the message is one of a pair */
    boolean has(SiteId sender, MessageId messageId) throws SQLException {
        return isThere("SELECT 1 FROM fork WHERE sender_id = ? AND message_id = ?", sender, messageId)
                || isThere("SELECT 1 FROM fork WHERE sender_id = ? AND other_id = ? LIMIT 1", sender, messageId);
    }

    private boolean isThere(String sql, SiteId sender, MessageId messageId) throws SQLException {
        try (ResultSet row =
                statements.prepare(sql, sender.value(), messageId.value()).executeQuery()) {
            return row.next();
        }
    }

    void record(Fork fork, Instant now) throws SQLException {
        statements.update(
                "INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?, ?)",
                fork.sender().value(),
                fork.messageId().value(),
                fork.seq(),
                fork.otherId().value(),
                fork.otherSeq(),
                now.toString(),
                fork.continued() ? 1 : 0);
    }
}
