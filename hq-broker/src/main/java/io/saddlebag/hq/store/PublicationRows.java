package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.message.MessageId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.ByteStreamWriter;

/** Writes publications as rows inside the caller's transaction: fast when all are new, slower when one was seen before. */
final class PublicationRows {
    private static final String COPY_MESSAGE = "COPY message (message_number, commit_group, message_id, sender_id,"
            + " exchange_name, sent_timestamp, received_time, expires, body_size, body_sha256, manifest_sha256,"
            + " manifest, payload_file, payload_offset) FROM STDIN (FORMAT binary)";
    private static final int MESSAGE_COLUMNS = 14;
    private static final int MESSAGE_ROW_BYTES = 320;
    private static final String COPY_DELIVERY =
            "COPY delivery (message_number, queue_name, receiver_client_id, routing_key, priority)"
                    + " FROM STDIN (FORMAT binary)";
    private static final int DELIVERY_COLUMNS = 5;
    private static final int DELIVERY_ROW_BYTES = 64;
    private static final String INSERT_NEW =
            "INSERT INTO message (message_number, commit_group, message_id, sender_id, exchange_name, sent_timestamp,"
                    + " received_time, expires, body_size, body_sha256, manifest_sha256, manifest, payload_file,"
                    + " payload_offset)"
                    + " SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[],"
                    + " ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::bigint[], ?::bytea[], ?::bytea[],"
                    + " ?::bytea[], ?::bigint[], ?::bigint[])"
                    + " ON CONFLICT (sender_id, message_id) DO NOTHING RETURNING message_number";
    private static final String KNOWN = "SELECT sender_id, message_id, manifest_sha256 FROM message"
            + " WHERE (sender_id, message_id) IN (SELECT * FROM unnest(?::text[], ?::text[]))";

    private final Connection connection;

    PublicationRows(Connection connection) {
        this.connection = connection;
    }

    /**
     * Writes all of them.
     *
     * @throws SQLException with the state of a unique violation when one was seen before; the transaction is lost then
     */
    void copy(List<StoredPublication> publications) throws SQLException {
        copyMessages(publications);
        copyDeliveries(publications);
    }

    private void copyMessages(List<StoredPublication> publications) throws SQLException {
        int expected = 64;
        for (StoredPublication stored : publications) {
            expected += MESSAGE_ROW_BYTES + stored.publication().manifest().length;
        }
        BinaryRows rows = new BinaryRows(MESSAGE_COLUMNS, expected);
        long group = publications.get(0).messageNumber();
        for (StoredPublication stored : publications) {
            Publication publication = stored.publication();
            rows.row()
                    .bigint(stored.messageNumber())
                    .bigint(group)
                    .text(publication.messageId().value())
                    .text(publication.senderId().value())
                    .text(publication.exchangeName())
                    .timestamp(publication.sentTimestamp())
                    .timestamp(publication.receivedTime())
                    .timestamp(publication.expires())
                    .bigint(publication.bodySize())
                    .bytea(publication.bodySha256().bytes())
                    .bytea(publication.manifestSha256().bytes())
                    .bytea(publication.manifest())
                    .bigint(stored.payload().file())
                    .bigint(stored.payload().offset());
        }
        send(COPY_MESSAGE, rows.end());
    }

    private void copyDeliveries(List<StoredPublication> publications) throws SQLException {
        BinaryRows rows = new BinaryRows(DELIVERY_COLUMNS, 64 + publications.size() * 2 * DELIVERY_ROW_BYTES);
        for (StoredPublication stored : publications) {
            for (Publication.Target target : stored.publication().deliveries()) {
                rows.row()
                        .bigint(stored.messageNumber())
                        .text(target.queueName())
                        .text(target.receiverClientId().value())
                        .text(target.routingKey())
                        .smallint(target.priority().ordinal());
            }
        }
        send(COPY_DELIVERY, rows.end());
    }

    private void send(String sql, BinaryRows rows) throws SQLException {
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        try {
            copy.copyIn(sql, ByteStreamWriter.of(java.nio.ByteBuffer.wrap(rows.array(), 0, rows.length())));
        } catch (IOException e) {
            throw new SQLException("Cannot send rows to PostgreSQL: " + e.getMessage(), "08006", e);
        }
    }

    /** Writes those that are new and judges the others against what stands. */
    List<PublishOutcome> insertNew(List<StoredPublication> publications) throws SQLException {
        Set<Long> inserted = insertMessages(publications);
        List<StoredPublication> stored = new ArrayList<>();
        List<StoredPublication> seen = new ArrayList<>();
        for (StoredPublication publication : publications) {
            (inserted.contains(publication.messageNumber()) ? stored : seen).add(publication);
        }
        if (!stored.isEmpty()) {
            copyDeliveries(stored);
        }
        Map<String, byte[]> digests = knownDigests(seen);
        List<PublishOutcome> outcomes = new ArrayList<>(publications.size());
        for (StoredPublication publication : publications) {
            outcomes.add(
                    inserted.contains(publication.messageNumber())
                            ? PublishOutcome.STORED
                            : judge(publication.publication(), digests));
        }
        return outcomes;
    }

    static List<PublishOutcome> allStored(List<StoredPublication> publications) {
        return Collections.nCopies(publications.size(), PublishOutcome.STORED);
    }

    private static PublishOutcome judge(Publication publication, Map<String, byte[]> digests) {
        byte[] known = digests.get(
                key(publication.senderId().value(), publication.messageId().value()));
        return Arrays.equals(known, publication.manifestSha256().bytes())
                ? PublishOutcome.REPEATED
                : PublishOutcome.CONFLICTING;
    }

    private Set<Long> insertMessages(List<StoredPublication> publications) throws SQLException {
        long group = publications.get(0).messageNumber();
        try (PreparedStatement insert = connection.prepareStatement(INSERT_NEW)) {
            array(insert, 1, "bigint", publications, StoredPublication::messageNumber);
            array(insert, 2, "bigint", publications, stored -> group);
            array(insert, 3, "text", publications, of(publication -> publication
                    .messageId()
                    .value()));
            array(insert, 4, "text", publications, of(publication -> publication
                    .senderId()
                    .value()));
            array(insert, 5, "text", publications, of(Publication::exchangeName));
            array(insert, 6, "timestamptz", publications, of(publication -> text(publication.sentTimestamp())));
            array(insert, 7, "timestamptz", publications, of(publication -> text(publication.receivedTime())));
            array(insert, 8, "timestamptz", publications, of(publication -> text(publication.expires())));
            array(insert, 9, "bigint", publications, of(Publication::bodySize));
            array(insert, 10, "bytea", publications, of(publication -> publication
                    .bodySha256()
                    .bytes()));
            array(insert, 11, "bytea", publications, of(publication -> publication
                    .manifestSha256()
                    .bytes()));
            array(insert, 12, "bytea", publications, of(Publication::manifest));
            array(insert, 13, "bigint", publications, stored -> stored.payload().file());
            array(insert, 14, "bigint", publications, stored -> stored.payload().offset());
            Set<Long> numbers = new HashSet<>();
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    numbers.add(rows.getLong(1));
                }
            }
            return numbers;
        }
    }

    private Map<String, byte[]> knownDigests(List<StoredPublication> seen) throws SQLException {
        Map<String, byte[]> digests = new HashMap<>();
        if (seen.isEmpty()) {
            return digests;
        }
        try (PreparedStatement select = connection.prepareStatement(KNOWN)) {
            array(select, 1, "text", seen, of(publication -> publication
                    .senderId()
                    .value()));
            array(select, 2, "text", seen, of(publication -> publication
                    .messageId()
                    .value()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    MessageId id = MessageId.of(rows.getString(2));
                    digests.put(key(rows.getString(1), id.value()), rows.getBytes(3));
                }
            }
        }
        return digests;
    }

    private static String key(String sender, String messageId) {
        return sender + "/" + messageId;
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    private static Function<StoredPublication, Object> of(Function<Publication, Object> field) {
        return stored -> field.apply(stored.publication());
    }

    private void array(
            PreparedStatement statement,
            int index,
            String type,
            List<StoredPublication> publications,
            Function<StoredPublication, Object> field)
            throws SQLException {
        SqlArrays.set(connection, statement, index, type, publications, field);
    }
}
