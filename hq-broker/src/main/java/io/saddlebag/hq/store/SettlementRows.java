package io.saddlebag.hq.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Ends acknowledged deliveries inside the caller's transaction and finds the messages that nothing holds any more. */
final class SettlementRows {
    /** A delivery that waits; the words of the partial index, so that it is used. */
    static final String WAITS = "acknowledged_time IS NULL AND dead_lettered_time IS NULL AND expired_time IS NULL";

    /**
     * The same of one that is looked up by its key; in other words, so that the partial index is not used: with young
     * statistics PostgreSQL takes it for the smallest and reads all that waits for every commit.
     */
    static final String STILL_WAITS = "num_nonnulls(d.acknowledged_time, d.dead_lettered_time, d.expired_time) = 0";

    /** A delivery that needs its payload: one that waits, or a dead letter that may be requeued. */
    static final String HOLDS = "num_nonnulls(d.acknowledged_time, d.expired_time, d.discarded_time) = 0";

    private static final String SETTLE = "UPDATE delivery d SET delivered_time = s.delivered,"
            + " acknowledged_time = s.acknowledged, attempts = s.attempts, delivery_receipt = s.receipt"
            + " FROM unnest(?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::integer[], ?::bytea[])"
            + " AS s (number, queue, delivered, acknowledged, attempts, receipt)"
            + " WHERE d.message_number = s.number AND d.queue_name = s.queue"
            + " AND " + STILL_WAITS;
    /** By a count and not by NOT EXISTS, which becomes a join that reads the whole index at every commit. */
    private static final String FREED = "SELECT payload_file, payload_offset, octet_length(manifest), body_size"
            + " FROM message m WHERE message_number = ANY (?) AND (SELECT count(*) FROM delivery d"
            + " WHERE d.message_number = m.message_number AND " + HOLDS + ") = 0";

    private final Connection connection;

    SettlementRows(Connection connection) {
        this.connection = connection;
    }

    /** @param settlements acknowledgements only, each delivery once */
    void acknowledge(List<Settlement> settlements) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SETTLE)) {
            array(update, 1, "bigint", settlements, Settlement::messageNumber);
            array(update, 2, "text", settlements, Settlement::queueName);
            array(update, 3, "timestamptz", settlements, settlement -> text(settlement.deliveredTime()));
            array(update, 4, "timestamptz", settlements, settlement -> text(settlement.settledTime()));
            array(update, 5, "integer", settlements, Settlement::attempts);
            array(update, 6, "bytea", settlements, Settlement::receipt);
            update.executeUpdate();
        }
    }

    /** The payloads of those of the messages that no delivery needs any more, whether just settled or before. */
    List<PayloadRef> freed(Object[] numbers) throws SQLException {
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
