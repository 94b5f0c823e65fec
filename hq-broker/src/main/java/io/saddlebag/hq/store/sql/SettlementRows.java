package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Settlement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Ends acknowledged deliveries inside the caller's transaction and finds the messages that nothing holds any more. */
public final class SettlementRows {
    /** The condition in {@code delivery_held} of a delivery that waits and may be dispatched. */
    public static final String WAITS = "d.dead_lettered_time IS NULL AND d.payload_missing_time IS NULL";

    /** The condition of a delivery whose payload is kept: it waits, or is a dead letter that may be requeued. */
    public static final String HOLDS = "d.discarded_time IS NULL AND d.payload_missing_time IS NULL";

    /**
     * {@link #WAITS} in words that the index of what waits does not know, so that a delivery is looked up by the table's
     * key: in that index its queue would be read from end to end.
     */
    private static final String WAITS_BY_KEY =
            "coalesce(d.dead_lettered_time, d.payload_missing_time, 'infinity') = 'infinity'";

    /**
     * {@code h}, for each row {@code s} of what is to change: the delivery that it names, and its place. Looks each row
     * up by its key, so that the planner has no choice. The table is almost empty at times; a join planned then and
     * kept reads all of it for each group. That used a whole core until the next vacuum. {@code OFFSET 0} keeps it from
     * becoming a join.
     */
    static final String BY_KEY = ", LATERAL (SELECT d.ctid AS place, d.message_number, d.queue_name"
            + " FROM delivery_held d"
            + " WHERE d.message_number = s.number AND d.queue_name = s.queue AND " + WAITS_BY_KEY + " OFFSET 0) h";

    /**
     * The condition on {@code found}, read by {@link #BY_KEY}. It asks once more whether each waits, at which PostgreSQL looks
     * again when another transaction has changed the row meanwhile. From 17.7 on it looks at the place again too, and passes
     * over a row that waits in another place now.
     */
    static final String IN_PLACE = "d.ctid = ANY (ARRAY(SELECT place FROM found)) AND " + WAITS_BY_KEY;

    /** Takes them out: a row that another transaction has changed or taken meanwhile is not among those that are gone. */
    static final String GONE = gone("");

    /**
     * {@code g}, each row that is gone, with {@code f}, what is known of its end. A full join, since no plan of it compares
     * each row with each; the condition that makes it an inner one must not be strict, or the planner takes it for one.
     */
    static final String FROM_GONE = " FROM gone g FULL JOIN found f ON f.message_number = g.message_number"
            + " AND f.queue_name = g.queue_name WHERE coalesce(g.message_number, 0) > 0";

    public static final String SETTLE =
            "WITH found AS MATERIALIZED (SELECT h.*, s.delivered, s.acknowledged, s.attempts, s.receipt"
                    + " FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::integer[], ?::bytea[])"
                    + " AS s (number, queue, delivered, acknowledged, attempts, receipt)" + BY_KEY + ")" + GONE
                    + " INSERT INTO delivery_ended (message_number, queue_name, receiver_client_id, routing_key, priority,"
                    + " last_error, delivered_time, acknowledged_time, attempts, delivery_receipt)"
                    + " SELECT g.message_number, g.queue_name, g.receiver_client_id, g.routing_key, g.priority,"
                    + " g.last_error, " + SqlArrays.instant("f.delivered") + ", "
                    + SqlArrays.instant("f.acknowledged") + ", f.attempts, f.receipt" + FROM_GONE
                    + " ON CONFLICT DO NOTHING";

    private static final String ACKNOWLEDGED = "SELECT s.number, s.queue FROM unnest(?::bigint[], ?::text[])"
            + " AS s (number, queue), LATERAL (SELECT 1 FROM delivery_ended e WHERE e.message_number = s.number"
            + " AND e.queue_name = s.queue AND e.acknowledged_time IS NOT NULL OFFSET 0) e";

    /** By a count and not by NOT EXISTS, which becomes a join that reads a whole index at every commit. */
    private static final String FREED = "SELECT m.message_number FROM message m WHERE m.message_number = ANY (?)"
            + " AND (SELECT count(*) FROM delivery_held d WHERE d.message_number = m.message_number AND " + HOLDS
            + ") = 0";

    private static final String COMMIT = "; COMMIT";
    /** The receipts' digests, for the log; none is written when none of them has a receipt. */
    private static final String LOG = "; " + LogStore.ADD_RECEIPTS;

    /** One round trip instead of four. */
    private static final String SETTLE_AND_COMMIT = SETTLE + LOG + COMMIT;

    private static final String SETTLE_ASK_AND_COMMIT = SETTLE + "; " + FREED + LOG + COMMIT;

    private final Connection connection;

    SettlementRows(Connection connection) {
        this.connection = connection;
    }

    /** @param condition further ones on the row */
    static String gone(String condition) {
        return ", gone AS (DELETE FROM delivery_held d WHERE " + IN_PLACE + condition + " RETURNING *)";
    }

    /**
     * The result of a commit.
     *
     * @param deliveries how many ended; others had ended before
     * @param freed as {@link #freed}
     */
    record Ended(int deliveries, Set<Long> freed) {}

    /**
     * Ends them and commits the transaction.
     *
     * @param settlements acknowledgements only
     * @param asked the numbers of the messages to ask about
     */
    Ended acknowledgeAndCommit(List<Settlement> settlements, Collection<Long> asked) throws SQLException {
        String sql = asked.isEmpty() ? SETTLE_AND_COMMIT : SETTLE_ASK_AND_COMMIT;
        try (PreparedStatement settle = connection.prepareStatement(sql)) {
            SqlArrays parameters = new SqlArrays(connection, settle)
                    .bigints(settlements, Settlement::messageNumber)
                    .texts(settlements, Settlement::queueName)
                    .instants(settlements, Settlement::deliveredTime)
                    .instants(settlements, Settlement::settledTime)
                    .integers(settlements, Settlement::attempts)
                    .byteas(settlements, Settlement::receipt);
            if (!asked.isEmpty()) {
                parameters.bigints(asked, number -> number);
            }
            parameters.bytes(LogStore.digests(
                    settlements.stream()
                            .filter(each -> each.receiptSha256() != null)
                            .toList(),
                    Settlement::receiptSha256));
            settle.execute();
            PostgresTransaction.requireReplicated(settle.getWarnings());
            int ended = settle.getUpdateCount();
            if (asked.isEmpty()) {
                return new Ended(ended, Set.of());
            }
            settle.getMoreResults();
            try (ResultSet rows = settle.getResultSet()) {
                return new Ended(ended, numbers(rows));
            }
        }
    }

    /** Those of these deliveries that are acknowledged, by these settlements or before. */
    Set<Settlement.Key> acknowledged(List<Settlement> settlements) throws SQLException {
        return new HashSet<>(PostgresTransaction.query(
                connection,
                ACKNOWLEDGED,
                parameters -> parameters
                        .bigints(settlements, Settlement::messageNumber)
                        .texts(settlements, Settlement::queueName),
                row -> new Settlement.Key(row.getLong(1), row.getString(2))));
    }

    /** Those of the messages whose payload no delivery needs any more, whether just settled or before. */
    Set<Long> freed(Collection<Long> asked) throws SQLException {
        if (asked.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(PostgresTransaction.query(
                connection, FREED, parameters -> parameters.bigints(asked, number -> number), row -> row.getLong(1)));
    }

    private static Set<Long> numbers(ResultSet rows) throws SQLException {
        Set<Long> numbers = new HashSet<>();
        while (rows.next()) {
            numbers.add(rows.getLong(1));
        }
        return numbers;
    }
}
