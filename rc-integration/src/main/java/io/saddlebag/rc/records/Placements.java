package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The journal's table {@code publication}: a row while a message gets its place. The rows are held in memory too, no more
 * than the deliveries in flight. Under the journal's lock, except {@link #isNone}.
 */
final class Placements {
    private final JournalStatements statements;
    /** Null when the table must be read again. */
    private volatile Map<MessageId, Placement> begun;

    Placements(JournalStatements statements) {
        this.statements = statements;
    }

    /** The last changes may have been rolled back. */
    void forget() {
        begun = null;
    }

    private Map<MessageId, Placement> begun() throws SQLException {
        if (begun == null) {
            Map<MessageId, Placement> found = new ConcurrentHashMap<>();
            statements
                    .all(
                            "SELECT message_id, manifest_sha256, content_sha256, content_size, content_hmac,"
                                    + " payload_name, received_time FROM publication",
                            Placements::placement)
                    .forEach(each -> found.put(each.messageId(), each));
            begun = found;
        }
        return begun;
    }

    private static Placement placement(ResultSet row) throws SQLException {
        MessageId messageId = MessageId.of(row.getString(1));
        return new Placement(
                messageId.sender(),
                messageId,
                new Sha256(row.getString(2)),
                new Sha256(row.getString(3)),
                row.getLong(4),
                new Sha256(row.getString(5)),
                row.getString(6),
                Instant.parse(row.getString(7)));
    }

    void begin(Placement placement) throws SQLException {
        statements.update(
                "INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                placement.senderId().value(),
                placement.messageId().value(),
                placement.manifestSha256().hex(),
                placement.contentSha256().hex(),
                placement.contentSize(),
                placement.contentHmac().hex(),
                placement.payloadName(),
                placement.receivedTime().toString());
        begun().put(placement.messageId(), placement);
    }

    /** True when the message surely has no row, as is the rule. Any thread, without the lock. */
    boolean isNone(MessageId messageId) {
        Map<MessageId, Placement> known = begun;
        return known != null && !known.containsKey(messageId);
    }

    Optional<Placement> find(MessageId messageId) throws SQLException {
        return Optional.ofNullable(begun().get(messageId));
    }

    /** Only of the same manifest: the refusal of another under the same name must not delete the row of the first. */
    void end(JournalledDelivery delivery) throws SQLException {
        Placement placement = begun().get(delivery.messageId());
        if (placement != null && placement.manifestSha256().equals(delivery.manifestSha256())) {
            statements.update(
                    "DELETE FROM publication WHERE sender_id = ? AND message_id = ?",
                    delivery.senderId().value(),
                    delivery.messageId().value());
            begun().remove(delivery.messageId());
        }
    }
}
