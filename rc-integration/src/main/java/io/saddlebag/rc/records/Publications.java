package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.UtcTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The journal's table {@code publication}: a row while a message gets its place. What stands there is held in memory too,
 * no more than is under way at once. Under the journal's lock, but for {@link #isNone}.
 */
final class Publications {
    private final JournalStatements statements;
    /** Null when the table is to be read anew. */
    private volatile Map<MessageId, Publication> begun;

    Publications(JournalStatements statements) {
        this.statements = statements;
    }

    /** What was noted may have been rolled back. */
    void forget() {
        begun = null;
    }

    private Map<MessageId, Publication> begun() throws SQLException {
        if (begun == null) {
            begun = read();
        }
        return begun;
    }

    private Map<MessageId, Publication> read() throws SQLException {
        Map<MessageId, Publication> found = new ConcurrentHashMap<>();
        try (ResultSet row = statements
                .prepare("SELECT message_id, manifest_sha256, content_sha256, content_size, payload_name, received_time"
                        + " FROM publication")
                .executeQuery()) {
            while (row.next()) {
                MessageId messageId = MessageId.of(row.getString(1));
                found.put(
                        messageId,
                        new Publication(
                                messageId.sender(),
                                messageId,
                                new Sha256(row.getString(2)),
                                new Sha256(row.getString(3)),
                                row.getLong(4),
                                row.getString(5),
                                Instant.parse(row.getString(6))));
            }
        }
        return found;
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
                UtcTime.format(publication.receivedTime()));
        begun().put(publication.messageId(), publication);
    }

    /** Whether it is certain that the message has no row. Any thread, without the lock: as a rule it has none. */
    boolean isNone(MessageId messageId) {
        Map<MessageId, Publication> known = begun;
        return known != null && !known.containsKey(messageId);
    }

    Optional<Publication> find(MessageId messageId) throws SQLException {
        return Optional.ofNullable(begun().get(messageId));
    }

    /** Of that manifest only: another under the same name is refused without a trace of the first being lost. */
    void end(JournalledDelivery delivery) throws SQLException {
        Publication publication = begun().get(delivery.messageId());
        if (publication != null && publication.manifestSha256().equals(delivery.manifestSha256())) {
            statements.update(
                    "DELETE FROM publication WHERE sender_id = ? AND message_id = ?",
                    delivery.senderId().value(),
                    delivery.messageId().value());
            begun().remove(delivery.messageId());
        }
    }
}
