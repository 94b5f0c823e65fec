package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadRows;
import io.saddlebag.hq.store.Publication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

/**
 * Writes publications as rows inside the caller's transaction. COPY costs the least per row and three round trips, and
 * knows no conflict; the insertion costs one round trip, and passes over what was seen before.
 */
final class PublicationRows {
    /** Waits for a commit on another connection, so that one whose connection broke is over. */
    private static final String TAKE_TURN = "SELECT pg_advisory_xact_lock(6013811)";

    private static final String COPY_MESSAGE = "COPY message (message_number, synced_number, message_id, sender_id,"
            + " exchange_name, sent_timestamp, received_time, expires, body_size, body_sha256, manifest_sha256,"
            + " manifest) FROM STDIN (FORMAT binary)";
    private static final int MESSAGE_COLUMNS = 12;
    private static final int MESSAGE_ROW_BYTES = 320;
    private static final String INSERT_MESSAGES =
            "WITH inserted AS (INSERT INTO message (message_number, synced_number, message_id, sender_id, exchange_name, sent_timestamp,"
                    + " received_time, expires, body_size, body_sha256, manifest_sha256, manifest)"
                    + " SELECT number, ?::bigint, id, sender, exchange, " + SqlArrays.instant("sent") + ", "
                    + SqlArrays.instant("received") + ", " + SqlArrays.instant("expires")
                    + ", size, sha256, manifest_sha256, manifest"
                    + " FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],"
                    + " ?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[])"
                    + " AS m (number, id, sender, exchange, sent, received, expires, size, sha256, manifest_sha256,"
                    + " manifest)"
                    + " ON CONFLICT (sender_id, message_id) DO NOTHING RETURNING message_number, manifest_sha256),"
                    + " logged AS (" + LogStore.ADD_INSERTED_MANIFESTS + ") SELECT message_number FROM inserted";
    /** The gaps take a node's column and its number, see {@link #of}. */
    private static final String INSERT_DELIVERIES =
            "INSERT INTO delivery_held (message_number, queue_name, receiver_client_id, routing_key, priority, payload_file,"
                    + " payload_offset, manifest_length, body_length%1$s)"
                    + " SELECT number, queue, receiver, key, priority, file, at, manifest_length, body_length%2$s"
                    + " FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::integer[], ?::bigint[],"
                    + " ?::bigint[], ?::integer[], ?::bigint[])"
                    + " AS d (number, queue, receiver, key, priority, file, at, manifest_length, body_length)";
    /** The number of a message that was seen before is nowhere. */
    private static final String OF_NEW_MESSAGES =
            " WHERE EXISTS (SELECT 1 FROM message m WHERE m.message_number = d.number)";

    /** Those of one part; the number of a message that was seen before is nowhere. */
    private static final String INSERT_PAYLOADS =
            "; INSERT INTO payload_part (payload_file, part, message_number, bytes) SELECT file, 1, number, bytes"
                    + " FROM unnest(?::bigint[], ?::bigint[], ?::bytea[]) AS d (file, number, bytes)"
                    + OF_NEW_MESSAGES;

    private static final String COMMIT = "; COMMIT";

    private static final String KNOWN = "SELECT m.sender_id, m.message_id, m.manifest_sha256, EXISTS (SELECT 1"
            + " FROM delivery_held d WHERE d.message_number = m.message_number AND d.payload_missing_time IS NOT NULL)"
            + " FROM message m WHERE (m.sender_id, m.message_id) IN (SELECT * FROM unnest(?::text[], ?::text[]))";

    private final Connection connection;
    private final long syncedUpTo;
    private final PayloadRows payloads;
    private final Statements statements;

    /**
     * @param syncedUpTo the payloads of the messages up to this number are on the disk
     * @param payloads are inserted in the same transaction
     * @param statements of the home
     */
    PublicationRows(Connection connection, long syncedUpTo, PayloadRows payloads, Statements statements) {
        this.connection = connection;
        this.syncedUpTo = syncedUpTo;
        this.payloads = payloads;
        this.statements = statements;
    }

    /** Waits for a commit of the home that is still under way, or fails when the node has ended. */
    static String takeTurn(Home home) {
        return home.isNode() ? "SELECT hq_fence(" + home.node() + ")" : TAKE_TURN;
    }

    /**
     * The statements of a home.
     *
     * @param copiedDeliveries the end of a transaction whose messages went by COPY
     * @param messages the begin of one that passes over what was seen before
     * @param deliveries its end
     * @param all such a transaction in one round trip
     * @param allWithPayloads likewise, with its payloads
     */
    record Statements(String copiedDeliveries, String messages, String deliveries, String all, String allWithPayloads) {
        static Statements of(Home home) {
            String insert = home.isNode()
                    ? INSERT_DELIVERIES.formatted(", node", ", " + home.node())
                    : INSERT_DELIVERIES.formatted("", "");
            String messages = takeTurn(home) + "; " + INSERT_MESSAGES;
            String newDeliveries = "; " + insert + OF_NEW_MESSAGES + COMMIT;
            return new Statements(
                    insert + "; " + LogStore.ADD_MANIFESTS + COMMIT,
                    messages,
                    insert + COMMIT,
                    messages + newDeliveries,
                    messages + INSERT_PAYLOADS + newDeliveries);
        }
    }

    /** The row of a message that was seen before. */
    private record Known(byte[] manifestSha256, boolean payloadIsMissing) {}

    /**
     * Writes all of them and commits the transaction. The messages go by COPY; their deliveries, which are small, go
     * along with the COMMIT, which spares two round trips.
     *
     * @throws SQLException with the state of a unique violation when one was seen before; the transaction is lost then
     */
    void copyAndCommit(List<StoredPublication> publications) throws SQLException {
        copyMessages(publications);
        payloads.insert(connection, publications);
        try (PreparedStatement insert = connection.prepareStatement(statements.copiedDeliveries())) {
            SqlArrays parameters = new SqlArrays(connection, insert);
            deliveries(parameters, publications);
            parameters.bytes(LogStore.digests(publications, of(Publication::manifestSha256)));
            insert.execute();
            PostgresTransaction.requireReplicated(insert.getWarnings());
        }
    }

    private void copyMessages(List<StoredPublication> publications) throws SQLException {
        int expected = 64;
        for (StoredPublication stored : publications) {
            expected += MESSAGE_ROW_BYTES + stored.publication().manifest().length;
        }
        BinaryRows rows = new BinaryRows(MESSAGE_COLUMNS, expected);
        for (StoredPublication stored : publications) {
            Publication publication = stored.publication();
            rows.row()
                    .bigint(stored.messageNumber())
                    .bigint(syncedUpTo)
                    .text(publication.messageId().value())
                    .text(publication.senderId().value())
                    .text(publication.exchangeName())
                    .timestamp(publication.sentTimestamp())
                    .timestamp(publication.receivedTime())
                    .timestamp(publication.expires())
                    .bigint(publication.bodySize())
                    .bytea(publication.bodySha256().bytes())
                    .bytea(publication.manifestSha256().bytes())
                    .bytea(publication.manifest());
        }
        rows.end();
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        try {
            copy.copyIn(COPY_MESSAGE, ByteStreamWriter.of(ByteBuffer.wrap(rows.array(), 0, rows.length())));
        } catch (IOException e) {
            throw new SQLException("Cannot send rows to PostgreSQL: " + e.getMessage(), "08006", e);
        }
    }

    /** Writes those that are new, commits the transaction, and judges the others against the rows that exist. */
    List<PublishOutcome> insertNewAndCommit(List<StoredPublication> publications) throws SQLException {
        Set<Long> inserted = insertAndCommit(publications);
        List<StoredPublication> seen = publications.stream()
                .filter(publication -> !inserted.contains(publication.messageNumber()))
                .toList();
        if (seen.isEmpty()) {
            return allStored(publications);
        }
        Map<String, Known> known = known(seen);
        List<PublishOutcome> outcomes = new ArrayList<>(publications.size());
        for (StoredPublication publication : publications) {
            outcomes.add(
                    inserted.contains(publication.messageNumber())
                            ? PublishOutcome.STORED
                            : judge(publication.publication(), known));
        }
        return outcomes;
    }

    static List<PublishOutcome> allStored(List<StoredPublication> publications) {
        return Collections.nCopies(publications.size(), PublishOutcome.STORED);
    }

    private static PublishOutcome judge(Publication publication, Map<String, Known> messages) {
        Known known = messages.get(
                key(publication.senderId().value(), publication.messageId().value()));
        if (known == null
                || !Arrays.equals(
                        known.manifestSha256(), publication.manifestSha256().bytes())) {
            return PublishOutcome.CONFLICTING;
        }
        return known.payloadIsMissing() ? PublishOutcome.DOUBTFUL : PublishOutcome.REPEATED;
    }

    private Set<Long> insertAndCommit(List<StoredPublication> publications) throws SQLException {
        if (payloads == PayloadRows.NONE) {
            return insertMessages(statements.all(), publications, more -> deliveries(more, publications));
        }
        List<byte[]> small = payloads.small(publications);
        if (!small.isEmpty()) {
            return insertMessages(statements.allWithPayloads(), publications, more -> {
                more.bigints(publications, stored -> stored.payload().file())
                        .bigints(publications, StoredPublication::messageNumber)
                        .byteas(small, bytes -> bytes);
                deliveries(more, publications);
            });
        }
        Set<Long> inserted = insertMessages(statements.messages(), publications, more -> {});
        List<StoredPublication> stored = publications.stream()
                .filter(publication -> inserted.contains(publication.messageNumber()))
                .toList();
        payloads.insert(connection, stored);
        try (PreparedStatement insert = connection.prepareStatement(statements.deliveries())) {
            deliveries(new SqlArrays(connection, insert), stored);
            insert.execute();
            PostgresTransaction.requireReplicated(insert.getWarnings());
        }
        return inserted;
    }

    /** @param more fills what the statement inserts besides the messages */
    private Set<Long> insertMessages(
            String sql, List<StoredPublication> publications, PostgresTransaction.Parameters more) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            SqlArrays parameters = new SqlArrays(connection, insert)
                    .bigint(syncedUpTo)
                    .bigints(publications, StoredPublication::messageNumber)
                    .texts(
                            publications,
                            of(publication -> publication.messageId().value()))
                    .texts(
                            publications,
                            of(publication -> publication.senderId().value()))
                    .texts(publications, of(Publication::exchangeName))
                    .instants(publications, of(Publication::sentTimestamp))
                    .instants(publications, of(Publication::receivedTime))
                    .instants(publications, of(Publication::expires))
                    .bigints(publications, of(Publication::bodySize))
                    .byteas(
                            publications,
                            of(publication -> publication.bodySha256().bytes()))
                    .byteas(
                            publications,
                            of(publication -> publication.manifestSha256().bytes()))
                    .byteas(publications, of(Publication::manifest));
            more.fill(parameters);
            insert.execute();
            PostgresTransaction.requireReplicated(insert.getWarnings());
            insert.getMoreResults();
            Set<Long> numbers = new HashSet<>();
            try (ResultSet rows = insert.getResultSet()) {
                while (rows.next()) {
                    numbers.add(rows.getLong(1));
                }
            }
            return numbers;
        }
    }

    private static void deliveries(SqlArrays parameters, List<StoredPublication> publications) throws SQLException {
        List<Row> rows = new ArrayList<>();
        for (StoredPublication stored : publications) {
            stored.publication()
                    .deliveries()
                    .forEach(target -> rows.add(new Row(stored.messageNumber(), target, stored.payload())));
        }
        parameters
                .bigints(rows, Row::number)
                .texts(rows, row -> row.target().queueName())
                .texts(rows, row -> row.target().receiverClientId().value())
                .texts(rows, row -> row.target().routingKey())
                .integers(rows, row -> row.target().priority().ordinal())
                .bigints(rows, row -> row.payload().file())
                .bigints(rows, row -> row.payload().offset())
                .integers(rows, row -> row.payload().manifestLength())
                .bigints(rows, row -> row.payload().bodyLength());
    }

    private record Row(long number, Publication.Target target, PayloadRef payload) {}

    private Map<String, Known> known(List<StoredPublication> seen) throws SQLException {
        Map<String, Known> known = new HashMap<>();
        PostgresTransaction.query(
                connection,
                KNOWN,
                parameters -> parameters
                        .texts(seen, of(publication -> publication.senderId().value()))
                        .texts(seen, of(publication -> publication.messageId().value())),
                row -> known.put(
                        key(row.getString(1), row.getString(2)), new Known(row.getBytes(3), row.getBoolean(4))));
        return known;
    }

    private static String key(String sender, String messageId) {
        return sender + "/" + messageId;
    }

    private static <V> Function<StoredPublication, V> of(Function<Publication, V> field) {
        return stored -> field.apply(stored.publication());
    }
}
