package io.saddlebag.rc;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The journal's table {@code publication}: a row while a message gets its place. Under the journal's lock. */
final class Publications {
    private final Connection connection;

    Publications(Connection connection) {
        this.connection = connection;
    }

    void begin(Publication publication) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, publication.senderId().value());
            insert.setString(2, publication.messageId().value());
            insert.setString(3, publication.manifestSha256().hex());
            insert.setString(4, publication.contentSha256().hex());
            insert.setLong(5, publication.contentSize());
            insert.setString(6, publication.payloadName());
            insert.setString(7, publication.receivedTime().toString());
            insert.executeUpdate();
        }
    }

    Optional<Publication> find(SiteId sender, MessageId messageId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT manifest_sha256, content_sha256,"
                        + " content_size, payload_name, received_time FROM publication WHERE sender_id = ? AND message_id = ?")) {
            select.setString(1, sender.value());
            select.setString(2, messageId.value());
            try (ResultSet row = select.executeQuery()) {
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
    }

    /** Of that manifest only: another under the same name is refused without a trace of the first being lost. */
    void end(JournalledDelivery delivery) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM publication WHERE sender_id = ? AND message_id = ? AND manifest_sha256 = ?")) {
            delete.setString(1, delivery.senderId().value());
            delete.setString(2, delivery.messageId().value());
            delete.setString(3, delivery.manifestSha256().hex());
            delete.executeUpdate();
        }
    }
}
