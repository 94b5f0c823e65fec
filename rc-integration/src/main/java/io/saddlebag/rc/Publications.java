package io.saddlebag.rc;

import io.saddlebag.folder.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The journal's table {@code publication}: a row while a message gets its place. Under the journal's lock. */
final class Publications {
    private final JournalStatements statements;

    Publications(JournalStatements statements) {
        this.statements = statements;
    }

    void begin(Publication publication) throws SQLException {
        statements.update(
                "INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?, ?, ?, ?)",
                publication.senderId().value(),
                publication.messageId().value(),
                publication.manifestSha256().hex(),
                publication.contentSha256().hex(),
                publication.contentSize(),
                publication.payloadName(),
                publication.receivedTime().toString());
    }

    Optional<Publication> find(SiteId sender, MessageId messageId) throws SQLException {
        try (ResultSet row = statements
                .prepare(
                        "SELECT manifest_sha256, content_sha256, content_size, payload_name, received_time"
                                + " FROM publication WHERE sender_id = ? AND message_id = ?",
                        sender.value(),
                        messageId.value())
                .executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            return Optional.of(new Publication(
                    sender,
                    messageId,
                    new Sha256(row.getString(1)),
                    new Sha256(row.getString(2)),
                    row.getLong(3),
                    row.getString(4),
                    Instant.parse(row.getString(5))));
        }
    }

    /** Of that manifest only: another under the same name is refused without a trace of the first being lost. */
    void end(JournalledDelivery delivery) throws SQLException {
        statements.update(
                "DELETE FROM publication WHERE sender_id = ? AND message_id = ? AND manifest_sha256 = ?",
                delivery.senderId().value(),
                delivery.messageId().value(),
                delivery.manifestSha256().hex());
    }
}
