package io.saddlebag.hq.store;

import io.saddlebag.hq.store.Settlement.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Ends deliveries inside the caller's transaction and finds the messages that nobody waits for any more. */
final class SettlementRows {
    /** A delivery that waits; the words of the partial index, so that it is used. */
    static final String WAITS = "acknowledged_time IS NULL AND dead_lettered_time IS NULL AND expired_time IS NULL";

    /**
     * The same of one that is looked up by its key; in other words, so that the partial index is not used: with young
     * statistics PostgreSQL takes it for the smallest and reads all that waits for every commit.
     */
    private static final String STILL_WAITS =
            "num_nonnulls(d.acknowledged_time, d.dead_lettered_time, d.expired_time) = 0";

    private static final String SETTLE = "UPDATE delivery d SET delivered_time = s.delivered,"
            + " acknowledged_time = s.acknowledged, dead_lettered_time = s.dead_lettered, expired_time = s.expired,"
            + " attempts = s.attempts, reason = s.reason, delivery_receipt = s.receipt"
            + " FROM unnest(?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[],"
            + " ?::timestamptz[], ?::integer[], ?::text[], ?::bytea[])"
            + " AS s (number, queue, delivered, acknowledged, dead_lettered, expired, attempts, reason, receipt)"
            + " WHERE d.message_number = s.number AND d.queue_name = s.queue"
            + " AND " + STILL_WAITS;
    /** By a count and not by NOT EXISTS, which becomes a join that reads the whole index at every commit. */
    private static final String FREED = "SELECT payload_file, payload_offset, octet_length(manifest), body_size"
            + " FROM message m WHERE message_number = ANY (?) AND (SELECT count(*) FROM delivery d"
            + " WHERE d.message_number = m.message_number AND " + STILL_WAITS + ") = 0";

    private final Connection connection;

    SettlementRows(Connection connection) {
        this.connection = connection;
    }

    void settle(List<Settlement> settlements) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SETTLE)) {
            array(update, 1, "bigint", settlements, Settlement::messageNumber);
            array(update, 2, "text", settlements, Settlement::queueName);
            array(update, 3, "timestamptz", settlements, settlement -> text(settlement.deliveredTime()));
            array(update, 4, "timestamptz", settlements, at(Outcome.ACKNOWLEDGED));
            array(update, 5, "timestamptz", settlements, at(Outcome.DEAD_LETTERED));
            array(update, 6, "timestamptz", settlements, at(Outcome.EXPIRED));
            array(update, 7, "integer", settlements, Settlement::attempts);
            array(update, 8, "text", settlements, Settlement::reason);
            array(update, 9, "bytea", settlements, Settlement::receipt);
            update.executeUpdate();
        }
    }

    /** The payloads of those messages of which no delivery waits, whether just settled or before. */
    List<PayloadRef> freed(List<Settlement> settlements) throws SQLException {
        Object[] numbers =
                settlements.stream().map(Settlement::messageNumber).distinct().toArray();
        List<PayloadRef> freed = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(FREED)) {
            select.setArray(1, connection.createArrayOf("bigint", numbers));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    freed.add(new PayloadRef(rows.getLong(1), rows.getLong(2), rows.getInt(3), rows.getLong(4)));
                }
            }
        }
        return freed;
    }

    private static Function<Settlement, Object> at(Outcome outcome) {
        return settlement -> settlement.outcome() == outcome ? text(settlement.settledTime()) : null;
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    private void array(
            PreparedStatement statement,
            int index,
            String type,
            List<Settlement> settlements,
            Function<Settlement, Object> field)
            throws SQLException {
        SqlArrays.set(connection, statement, index, type, settlements, field);
    }
}
