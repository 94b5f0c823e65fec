package io.saddlebag.hq.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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

    private static final String SETTLE = "UPDATE delivery d SET delivered_time = " + SqlArrays.instant("s.delivered")
            + ", acknowledged_time = " + SqlArrays.instant("s.acknowledged")
            + ", attempts = s.attempts, delivery_receipt = s.receipt"
            + " FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::integer[], ?::bytea[])"
            + " AS s (number, queue, delivered, acknowledged, attempts, receipt)"
            + " WHERE d.message_number = s.number AND d.queue_name = s.queue"
            + " AND " + STILL_WAITS;
    /** By a count and not by NOT EXISTS, which becomes a join that reads the whole index at every commit. */
    private static final String FREED = "SELECT DISTINCT f.payload_file, f.payload_offset, f.manifest_length,"
            + " f.body_length FROM delivery f WHERE f.message_number = ANY (?) AND (SELECT count(*) FROM delivery d"
            + " WHERE d.message_number = f.message_number AND " + HOLDS + ") = 0";

    private static final String COMMIT = "; COMMIT";
    /** One round trip instead of three. */
    private static final String SETTLE_AND_COMMIT = SETTLE + COMMIT;

    private static final String SETTLE_ASK_AND_COMMIT = SETTLE + "; " + FREED + COMMIT;

    private final Connection connection;

    SettlementRows(Connection connection) {
        this.connection = connection;
    }

    /**
     * What was committed.
     *
     * @param deliveries how many ended; others had ended before
     * @param freed as {@link #freed}
     */
    record Ended(int deliveries, List<PayloadRef> freed) {}

    /**
     * Ends them and commits the transaction.
     *
     * @param settlements acknowledgements only
     * @param asked the numbers of the messages to ask about
     */
    Ended acknowledgeAndCommit(List<Settlement> settlements, List<Long> asked) throws SQLException {
        String sql = asked.isEmpty() ? SETTLE_AND_COMMIT : SETTLE_ASK_AND_COMMIT;
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            SqlArrays parameters = new SqlArrays(connection, update)
                    .bigints(settlements, Settlement::messageNumber)
                    .texts(settlements, Settlement::queueName)
                    .instants(settlements, Settlement::deliveredTime)
                    .instants(settlements, Settlement::settledTime)
                    .integers(settlements, Settlement::attempts)
                    .byteas(settlements, Settlement::receipt);
            if (!asked.isEmpty()) {
                parameters.bigints(asked, number -> number);
            }
            update.execute();
            int ended = update.getUpdateCount();
            if (asked.isEmpty()) {
                return new Ended(ended, List.of());
            }
            update.getMoreResults();
            try (ResultSet rows = update.getResultSet()) {
                return new Ended(ended, payloads(rows));
            }
        }
    }

    /** The payloads of those of the messages that no delivery needs any more, whether just settled or before. */
    List<PayloadRef> freed(List<Long> numbers) throws SQLException {
        if (numbers.isEmpty()) {
            return List.of();
        }
        try (PreparedStatement select = connection.prepareStatement(FREED)) {
            new SqlArrays(connection, select).bigints(numbers, number -> number);
            try (ResultSet rows = select.executeQuery()) {
                return payloads(rows);
            }
        }
    }

    private static List<PayloadRef> payloads(ResultSet rows) throws SQLException {
        List<PayloadRef> payloads = new ArrayList<>();
        while (rows.next()) {
            payloads.add(new PayloadRef(rows.getLong(1), rows.getLong(2), rows.getInt(3), rows.getLong(4)));
        }
        return payloads;
    }
}
