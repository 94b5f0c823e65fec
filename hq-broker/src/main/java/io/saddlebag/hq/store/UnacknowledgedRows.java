package io.saddlebag.hq.store;

import io.saddlebag.hq.store.Settlement.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Writes, inside the caller's transaction, what becomes of deliveries that nobody acknowledged: all of it rare. */
final class UnacknowledgedRows {
    private static final String WRITE =
            "UPDATE delivery d SET delivered_time = coalesce(s.delivered, d.delivered_time),"
                    + " dead_lettered_time = s.dead_lettered, discarded_time = s.discarded, expired_time = s.expired,"
                    + " attempts = s.attempts, reason = s.reason, last_error = coalesce(s.last_error, d.last_error)"
                    + " FROM unnest(?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[],"
                    + " ?::timestamptz[], ?::integer[], ?::text[], ?::text[])"
                    + " AS s (number, queue, delivered, dead_lettered, discarded, expired, attempts, reason, last_error)"
                    + " WHERE d.message_number = s.number AND d.queue_name = s.queue AND " + SettlementRows.STILL_WAITS;

    private final Connection connection;

    UnacknowledgedRows(Connection connection) {
        this.connection = connection;
    }

    /** Of several about one delivery the last counts: an UPDATE takes any one of them. */
    void write(List<Settlement> settlements) throws SQLException {
        Map<Key, Settlement> last = new LinkedHashMap<>();
        settlements.forEach(each -> last.put(new Key(each.messageNumber(), each.queueName()), each));
        List<Settlement> rows = new ArrayList<>(last.values());
        try (PreparedStatement update = connection.prepareStatement(WRITE)) {
            array(update, 1, "bigint", rows, Settlement::messageNumber);
            array(update, 2, "text", rows, Settlement::queueName);
            array(update, 3, "timestamptz", rows, each -> text(each.deliveredTime()));
            array(update, 4, "timestamptz", rows, at(Outcome.DEAD_LETTERED, Outcome.LOST));
            array(update, 5, "timestamptz", rows, at(Outcome.LOST, Outcome.LOST));
            array(update, 6, "timestamptz", rows, at(Outcome.EXPIRED, Outcome.EXPIRED));
            array(update, 7, "integer", rows, Settlement::attempts);
            array(update, 8, "text", rows, Settlement::reason);
            array(update, 9, "text", rows, Settlement::lastError);
            update.executeUpdate();
        }
    }

    private static Function<Settlement, Object> at(Outcome one, Outcome other) {
        return each -> each.outcome() == one || each.outcome() == other ? text(each.settledTime()) : null;
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

    private record Key(long messageNumber, String queueName) {}
}
