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
            "UPDATE delivery d SET delivered_time = coalesce(" + SqlArrays.instant("s.delivered")
                    + ", d.delivered_time), dead_lettered_time = " + SqlArrays.instant("s.dead_lettered")
                    + ", discarded_time = " + SqlArrays.instant("s.discarded")
                    + ", expired_time = " + SqlArrays.instant("s.expired")
                    + ", attempts = s.attempts, reason = s.reason, last_error = coalesce(s.last_error, d.last_error)"
                    + " FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],"
                    + " ?::bigint[], ?::integer[], ?::text[], ?::text[])"
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
            new SqlArrays(connection, update)
                    .bigints(rows, Settlement::messageNumber)
                    .texts(rows, Settlement::queueName)
                    .instants(rows, Settlement::deliveredTime)
                    .instants(rows, at(Outcome.DEAD_LETTERED, Outcome.LOST))
                    .instants(rows, at(Outcome.LOST, Outcome.LOST))
                    .instants(rows, at(Outcome.EXPIRED, Outcome.EXPIRED))
                    .integers(rows, Settlement::attempts)
                    .texts(rows, Settlement::reason)
                    .texts(rows, Settlement::lastError);
            update.executeUpdate();
        }
    }

    private static Function<Settlement, Instant> at(Outcome one, Outcome other) {
        return each -> each.outcome() == one || each.outcome() == other ? each.settledTime() : null;
    }

    private record Key(long messageNumber, String queueName) {}
}
