package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadRows;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** Doubtful messages in PostgreSQL. All of it is rare, and none of it deletes a row. */
abstract class PostgresDoubtfulMessages implements MessageStore {
    private static final int AT_ONCE = 10_000;

    private static final String TIME = SqlArrays.instant("?::bigint");
    private static final String OF_NUMBERS = " WHERE d.message_number = ANY (?::bigint[])";

    /** The sender and the message_id too: under another headquarters' hand the number may be another message's. */
    private static final String DOUBT = "UPDATE delivery_held d SET payload_missing_time = " + TIME + OF_NUMBERS
            + " AND d.payload_missing_time IS NULL AND (SELECT m.sender_id || ' ' || m.message_id FROM message m"
            + " WHERE m.message_number = d.message_number) = ANY (?::text[]) RETURNING d.message_number";

    /** Waits for a commit of the node that is still under way, which holds the row. The lock makes it a write of its own. */
    private static final String OWN_ROW =
            "SELECT node_id FROM hq_node WHERE node_id = ? AND ended_time IS NULL FOR UPDATE";

    private static final String NODE_ENDED = "SB001";
    private static final String COMMITTED = "SELECT m.message_number FROM message m WHERE m.message_number = ANY (?)"
            + " AND m.sender_id || ' ' || m.message_id = ANY (?)";

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
            + " FROM found f WHERE f.message_number = d.message_number)%s"
            + " WHERE d.message_number = ANY (ARRAY(SELECT message_number FROM found)) AND d.discarded_time IS NULL"
            + " AND (d.payload_missing_time IS NOT NULL OR (SELECT f.file = d.payload_file AND f.at = d.payload_offset"
            + " FROM found f WHERE f.message_number = d.message_number)) RETURNING d.*)";

    final DataSource database;
    final OpenDeliveries open;
    final PayloadRows payloads;
    final Home home;

    /**
     * @param open forgets what is doubtful: from then on the database alone says what holds its payload
     * @param payloads are inserted in the transaction of their messages
     * @param home whose messages they are
     */
    PostgresDoubtfulMessages(DataSource database, OpenDeliveries open, PayloadRows payloads, Home home) {
        this.home = home;
        this.database = database;
        this.open = open;
        this.payloads = payloads;
    }

    @Override
    public int doubt(List<StoredPublication> publications, Instant now) throws StoreException {
        publications.forEach(each -> open.forget(each.messageNumber()));
        return PostgresTransaction.run(database, "mark doubtful messages", connection -> {
            PostgresTransaction.takeTurn(connection, home);
            List<Long> marked = PostgresTransaction.query(
                    connection,
                    DOUBT,
                    parameters -> parameters
                            .instant(now)
                            .bigints(publications, StoredPublication::messageNumber)
                            .texts(publications, PostgresDoubtfulMessages::name),
                    row -> row.getLong(1));
            return (int) marked.stream().distinct().count();
        });
    }

    @Override
    public Set<Long> committed(List<StoredPublication> publications) throws StoreException {
        Set<Long> found = new HashSet<>();
        PostgresTransaction.run(database, "look up what was committed", connection -> {
            List<Long> live = PostgresTransaction.query(
                    connection, OWN_ROW, parameters -> parameters.bigint(home.node()), row -> row.getLong(1));
            if (live.isEmpty()) {
                throw new SQLException("node " + home.node() + " of headquarters has ended", NODE_ENDED);
            }
            return PostgresTransaction.query(
                    connection,
                    COMMITTED,
                    parameters -> parameters
                            .bigints(publications, StoredPublication::messageNumber)
                            .texts(publications, PostgresDoubtfulMessages::name),
                    row -> found.add(row.getLong(1)));
        });
        payloads.committed(publications.stream()
                .filter(each -> found.contains(each.messageNumber()))
                .toList());
        return found;
    }

    private static String name(StoredPublication stored) {
        return stored.publication().senderId() + " " + stored.publication().messageId();
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
        return PostgresTransaction.query(
                connection,
                "WITH changed AS (" + MISSING + ")" + QueuedRows.selectFrom("changed"),
                parameters -> parameters.instant(now).bigints(numbers, number -> number),
                QueuedRows::of);
    }

    private static List<QueuedDelivery> giveUp(Connection connection, List<Long> numbers, String reason, Instant now)
            throws SQLException {
        return PostgresTransaction.query(
                connection,
                "WITH changed AS (" + GIVE_UP + ")" + QueuedRows.selectFrom("changed"),
                parameters -> parameters.instant(now).text(reason).bigints(numbers, number -> number),
                QueuedRows::of);
    }

    @Override
    public Map<Long, Instant> doubtful() throws StoreException {
        Map<Long, Instant> found = new HashMap<>();
        PostgresTransaction.query(
                database,
                "read the doubtful messages",
                DOUBTFUL,
                parameters -> {},
                row -> found.put(row.getLong(1), row.getTimestamp(2).toInstant()));
        return found;
    }

    @Override
    public List<Completed> complete(List<StoredPublication> repeats) throws StoreException {
        List<StoredPublication> given = new ArrayList<>();
        List<Completed> completed = PostgresTransaction.run(database, "complete doubtful messages", connection -> {
            PostgresTransaction.takeTurn(connection, home);
            List<Completed> found = PostgresTransaction.query(
                    connection,
                    COMPLETE.formatted(home.isNode() ? ", node = " + home.node() : "")
                            + QueuedRows.selectFrom("completed", "d.dead_lettered_time IS NULL"),
                    parameters -> parameters
                            .texts(
                                    repeats,
                                    each -> each.publication().senderId().value())
                            .texts(
                                    repeats,
                                    each -> each.publication().messageId().value())
                            .byteas(
                                    repeats,
                                    each -> each.publication().manifestSha256().bytes())
                            .bigints(repeats, each -> each.payload().file())
                            .bigints(repeats, each -> each.payload().offset())
                            .integers(repeats, each -> each.payload().manifestLength())
                            .bigints(repeats, each -> each.payload().bodyLength()),
                    row -> new Completed(QueuedRows.of(row), row.getBoolean(QueuedRows.COLUMNS + 1)));
            given.addAll(given(repeats, found));
            payloads.insert(connection, given);
            return found;
        });
        payloads.committed(given);
        return completed;
    }

    /** The repeats that have given a message its payload, under its number. */
    private static List<StoredPublication> given(List<StoredPublication> repeats, List<Completed> completed) {
        Map<PayloadRef, Long> numbers = new HashMap<>();
        completed.forEach(
                each -> numbers.put(each.delivery().payload(), each.delivery().messageNumber()));
        return repeats.stream()
                .filter(each -> numbers.containsKey(each.payload()))
                .map(each -> new StoredPublication(numbers.get(each.payload()), each.publication(), each.payload()))
                .toList();
    }

    /** The work on a bounded number of messages within a transaction. */
    private interface SliceChange {
        List<QueuedDelivery> in(Connection connection, List<Long> numbers) throws SQLException;
    }
}
