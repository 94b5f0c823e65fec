package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.DoubtfulMessages;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Doubtful messages in PostgreSQL. All of it is rare, and none of it deletes a row. */
abstract class PostgresDoubtfulMessages implements DoubtfulMessages {
    private static final int AT_ONCE = 10_000;

    private static final String TIME = SqlArrays.instant("?::bigint");
    private static final String OF_NUMBERS = " WHERE d.message_number = ANY (?::bigint[])";

    /** The sender and the message_id too: under another headquarters' hand the number may be another message's. */
    private static final String DOUBT = "UPDATE delivery_held d SET payload_missing_time = " + TIME + OF_NUMBERS
            + " AND d.payload_missing_time IS NULL AND (SELECT m.sender_id || ' ' || m.message_id FROM message m"
            + " WHERE m.message_number = d.message_number) = ANY (?::text[]) RETURNING d.message_number";

    private static final String MISSING = "UPDATE delivery_held d SET payload_missing_time = " + TIME + OF_NUMBERS
            + " AND d.payload_missing_time IS NULL AND d.discarded_time IS NULL RETURNING d.*";
    private static final String GIVE_UP = "UPDATE delivery_held d SET dead_lettered_time = " + TIME + ", reason = ?"
            + OF_NUMBERS + " AND d.payload_missing_time IS NOT NULL AND d.dead_lettered_time IS NULL RETURNING d.*";
    private static final String DOUBTFUL = "SELECT d.message_number, min(d.payload_missing_time) FROM delivery_held d"
            + " WHERE d.payload_missing_time IS NOT NULL AND d.dead_lettered_time IS NULL GROUP BY d.message_number";

    /** A dead letter stays one unless it became one for want of its payload. */
    private static final String KEPT =
            "d.payload_missing_time IS NULL OR d.dead_lettered_time < d.payload_missing_time";

    private static final String COMPLETE = "WITH found AS MATERIALIZED (SELECT m.message_number, s.*"
            + " FROM unnest(?::text[], ?::text[], ?::bytea[], ?::bigint[], ?::bigint[], ?::integer[], ?::bigint[])"
            + " AS s (sender, id, digest, file, at, manifest_length, body_length),"
            + " LATERAL (SELECT message_number FROM message WHERE sender_id = s.sender AND message_id = s.id"
            + " AND manifest_sha256 = s.digest OFFSET 0) m),"
            + " completed AS (UPDATE delivery_held d SET (payload_file, payload_offset, manifest_length, body_length,"
            + " payload_missing_time, dead_lettered_time, reason) = (SELECT f.file, f.at, f.manifest_length,"
            + " f.body_length, NULL::timestamptz, CASE WHEN " + KEPT
            + " THEN d.dead_lettered_time END, CASE WHEN " + KEPT + " THEN d.reason END"
            + " FROM found f WHERE f.message_number = d.message_number)"
            + " WHERE d.message_number = ANY (ARRAY(SELECT message_number FROM found)) AND d.discarded_time IS NULL"
            + " AND (d.payload_missing_time IS NOT NULL OR (SELECT f.file = d.payload_file AND f.at = d.payload_offset"
            + " FROM found f WHERE f.message_number = d.message_number)) RETURNING d.*)";

    final DataSource database;
    final OpenDeliveries open;

    /** @param open forgets what is doubtful: from then on the database alone says what holds its payload */
    PostgresDoubtfulMessages(DataSource database, OpenDeliveries open) {
        this.database = database;
        this.open = open;
    }

    @Override
    public int doubt(List<StoredPublication> publications, Instant now) throws StoreException {
        publications.forEach(each -> open.forget(each.messageNumber()));
        return PostgresTransaction.run(database, "mark doubtful messages", connection -> {
            PostgresTransaction.takeTurn(connection);
            try (PreparedStatement mark = connection.prepareStatement(DOUBT)) {
                new SqlArrays(connection, mark)
                        .instant(now)
                        .bigints(publications, StoredPublication::messageNumber)
                        .texts(publications, PostgresDoubtfulMessages::name);
                try (ResultSet rows = mark.executeQuery()) {
                    return (int) numbers(rows).stream().distinct().count();
                }
            }
        });
    }

    private static String name(StoredPublication stored) {
        return stored.publication().senderId() + " " + stored.publication().messageId();
    }

    private static List<Long> numbers(ResultSet rows) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        while (rows.next()) {
            numbers.add(rows.getLong(1));
        }
        return numbers;
    }

    @Override
    public List<QueuedDelivery> missing(Collection<Long> messageNumbers, Instant now) throws StoreException {
        return bySlices(
                "mark missing payloads", messageNumbers, (connection, slice) -> missing(connection, slice, now));
    }

    @Override
    public List<QueuedDelivery> lose(Collection<Long> messageNumbers, String reason, Instant now)
            throws StoreException {
        return bySlices("dead-letter lost messages", messageNumbers, (connection, slice) -> {
            missing(connection, slice, now);
            return giveUp(connection, slice, reason, now);
        });
    }

    @Override
    public List<QueuedDelivery> giveUpDoubtful(Collection<Long> messageNumbers, String reason, Instant now)
            throws StoreException {
        return bySlices(
                "dead-letter doubtful messages",
                messageNumbers,
                (connection, slice) -> giveUp(connection, slice, reason, now));
    }

    private List<QueuedDelivery> bySlices(String what, Collection<Long> messageNumbers, SliceChange change)
            throws StoreException {
        List<Long> all = messageNumbers.stream().sorted().distinct().toList();
        all.forEach(open::forget);
        List<QueuedDelivery> changed = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            List<Long> slice = all.subList(from, Math.min(all.size(), from + AT_ONCE));
            changed.addAll(PostgresTransaction.run(database, what, connection -> change.in(connection, slice)));
        }
        return changed;
    }

    private static List<QueuedDelivery> missing(Connection connection, List<Long> numbers, Instant now)
            throws SQLException {
        try (PreparedStatement mark =
                connection.prepareStatement("WITH changed AS (" + MISSING + ")" + QueuedRows.selectFrom("changed"))) {
            new SqlArrays(connection, mark).instant(now).bigints(numbers, number -> number);
            return QueuedRows.read(mark);
        }
    }

    private static List<QueuedDelivery> giveUp(Connection connection, List<Long> numbers, String reason, Instant now)
            throws SQLException {
        try (PreparedStatement giveUp =
                connection.prepareStatement("WITH changed AS (" + GIVE_UP + ")" + QueuedRows.selectFrom("changed"))) {
            new SqlArrays(connection, giveUp).instant(now).text(reason).bigints(numbers, number -> number);
            return QueuedRows.read(giveUp);
        }
    }

    @Override
    public Map<Long, Instant> doubtful() throws StoreException {
        return PostgresTransaction.run(database, "read the doubtful messages", connection -> {
            Map<Long, Instant> found = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement(DOUBTFUL);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getLong(1), rows.getTimestamp(2).toInstant());
                }
            }
            return found;
        });
    }

    @Override
    public List<Completed> complete(List<StoredPublication> repeats) throws StoreException {
        return PostgresTransaction.run(database, "complete doubtful messages", connection -> {
            PostgresTransaction.takeTurn(connection);
            try (PreparedStatement complete = connection.prepareStatement(
                    COMPLETE + QueuedRows.selectFrom("completed", "d.dead_lettered_time IS NULL"))) {
                new SqlArrays(connection, complete)
                        .texts(repeats, each -> each.publication().senderId().value())
                        .texts(repeats, each -> each.publication().messageId().value())
                        .byteas(
                                repeats,
                                each -> each.publication().manifestSha256().bytes())
                        .bigints(repeats, each -> each.payload().file())
                        .bigints(repeats, each -> each.payload().offset())
                        .integers(repeats, each -> each.payload().manifestLength())
                        .bigints(repeats, each -> each.payload().bodyLength());
                List<Completed> found = new ArrayList<>();
                try (ResultSet rows = complete.executeQuery()) {
                    while (rows.next()) {
                        found.add(new Completed(QueuedRows.of(rows), rows.getBoolean(QueuedRows.COLUMNS + 1)));
                    }
                }
                return found;
            }
        });
    }

    /** The work on a bounded number of messages within a transaction. */
    private interface SliceChange {
        List<QueuedDelivery> in(Connection connection, List<Long> numbers) throws SQLException;
    }
}
