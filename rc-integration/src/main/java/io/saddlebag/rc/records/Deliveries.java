package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The journal's tables {@code delivery} and {@code receipt}. Under the lock of the statements' connection. */
final class Deliveries {
    static final String PUBLISHED = "PUBLISHED";
    static final String REFUSED = "REFUSED";

    private static final String WRITE = write("NULL");
    private static final String WRITE_WITH_RECEIPT = write("last_insert_rowid()");
    private static final String MOVE =
            "UPDATE delivery SET placed_manifest = coalesce(placed_manifest, manifest_sha256), manifest_sha256 = ?,"
                    + " seq = ?, prev = ? WHERE sender_id = ? AND message_id = ? AND manifest_sha256 <> ?";

    private final JournalStatements statements;

    Deliveries(JournalStatements statements) {
        this.statements = statements;
    }

    /** The delivery of a message in the outbox. */
    Optional<JournalledDelivery> published(SiteId sender, MessageId messageId) throws SQLException {
        // The usual answer is no, and a query for one column costs half of one for all.
        boolean isPublished = statements.has(
                "SELECT 1 FROM delivery WHERE sender_id = ? AND message_id = ? AND state <> 'REFUSED'",
                sender.value(),
                messageId.value());
        if (!isPublished) {
            return Optional.empty();
        }
        return Optional.ofNullable(statements.first(
                "SELECT delivery.*, envelope FROM delivery LEFT JOIN receipt ON receipt.id = receipt_id"
                        + " WHERE sender_id = ? AND message_id = ? AND state <> 'REFUSED'",
                Deliveries::delivery,
                sender.value(),
                messageId.value()));
    }

    private static JournalledDelivery delivery(ResultSet row) throws SQLException {
        String prev = row.getString("prev");
        return new JournalledDelivery(
                SiteId.of(row.getString("sender_id")),
                MessageId.of(row.getString("message_id")),
                row.getString("queue_name"),
                new Sha256(row.getString("manifest_sha256")),
                row.getLong("seq"),
                prev == null ? null : new Sha256(prev),
                new Sha256(row.getString("content_sha256")),
                row.getLong("content_size"),
                new Sha256(row.getString("content_hmac")),
                Instant.parse(row.getString("received_time")),
                row.getBytes("envelope"),
                row.getString("file_name"),
                List.of());
    }

    /**
     * Writes a row, in the place of a refused one. When the message is in the outbox, a new receipt replaces the former, and
     * under another manifest, with which its sender sent it again, the row gets the place of that.
     *
     * @return false when the message has the place in its sender's sequence that it had before
     */
    boolean write(JournalledDelivery delivery, String state, String reason) throws SQLException {
        boolean hasReceipt = delivery.receipt() != null;
        if (hasReceipt) {
            statements.update("INSERT INTO receipt (envelope) VALUES (?)", delivery.receipt());
        }
        int changed = statements.update(
                hasReceipt ? WRITE_WITH_RECEIPT : WRITE,
                delivery.senderId().value(),
                delivery.messageId().value(),
                delivery.queueName(),
                state,
                delivery.manifestSha256().hex(),
                delivery.seq(),
                hex(delivery.prev()),
                hex(delivery.contentSha256()),
                delivery.contentSize(),
                hex(delivery.contentHmac()),
                delivery.receivedTime().toString(),
                reason,
                delivery.fileName());
        if (changed > 0) {
            return true;
        }
        boolean isMoved = false;
        if (hasReceipt) {
            statements.update("DELETE FROM receipt WHERE id = last_insert_rowid()");
            statements.update(
                    "UPDATE receipt SET envelope = ? WHERE id ="
                            + " (SELECT receipt_id FROM delivery WHERE sender_id = ? AND message_id = ?)",
                    delivery.receipt(),
                    delivery.senderId().value(),
                    delivery.messageId().value());
            isMoved = statements.update(
                            MOVE,
                            delivery.manifestSha256().hex(),
                            delivery.seq(),
                            hex(delivery.prev()),
                            delivery.senderId().value(),
                            delivery.messageId().value(),
                            delivery.manifestSha256().hex())
                    > 0;
        }
        return isMoved;
    }

    private static String write(String receiptId) {
        return "INSERT INTO delivery (sender_id, message_id, queue_name, state, manifest_sha256, seq, prev,"
                + " content_sha256, content_size, content_hmac, received_time, reason, file_name, receipt_id) VALUES"
                + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                + receiptId
                + ") ON CONFLICT (sender_id, message_id) DO UPDATE SET queue_name = excluded.queue_name, state ="
                + " excluded.state, manifest_sha256 = excluded.manifest_sha256, seq = excluded.seq, prev ="
                + " excluded.prev, content_sha256 = excluded.content_sha256, content_size = excluded.content_size,"
                + " content_hmac = excluded.content_hmac, received_time = excluded.received_time, reason ="
                + " excluded.reason, file_name = excluded.file_name, receipt_id = excluded.receipt_id WHERE delivery.state = 'REFUSED'";
    }

    private static String hex(Sha256 digest) {
        return digest == null ? null : digest.hex();
    }

    void acknowledge(SiteId sender, MessageId messageId, Instant time) throws SQLException {
        statements.update(
                "UPDATE delivery SET state = 'ACKNOWLEDGED', acknowledged_time = ?"
                        + " WHERE sender_id = ? AND message_id = ? AND state = 'PUBLISHED'",
                time.toString(),
                sender.value(),
                messageId.value());
    }

    /** The time when a message of that queue was published; null when it was not. */
    Instant received(String queue, MessageId messageId) throws SQLException {
        return statements.first(
                "SELECT received_time FROM delivery"
                        + " WHERE sender_id = ? AND message_id = ? AND queue_name = ? AND state <> 'REFUSED'",
                row -> Instant.parse(row.getString(1)),
                messageId.sender().value(),
                messageId.value(),
                queue);
    }

    /** The newest messages of a queue, of a part's size at least, that headquarters has not confirmed. */
    List<MessageId> unacknowledged(String queue, int limit) throws SQLException {
        return statements.all(
                "SELECT message_id FROM delivery WHERE queue_name = ? AND " + RcJournalSchema.LONG_UNACKNOWLEDGED
                        + " ORDER BY received_time DESC LIMIT ?",
                row -> MessageId.of(row.getString(1)),
                queue,
                limit);
    }

    /** Their files are about to be deleted. */
    void remove(Collection<MessageId> messageIds, Instant time) throws SQLException {
        for (MessageId each : messageIds) {
            statements.update(
                    "UPDATE delivery SET removed_time = ? WHERE sender_id = ? AND message_id = ?",
                    time.toString(),
                    each.sender().value(),
                    each.value());
        }
    }
}
