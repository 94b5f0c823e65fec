package io.saddlebag.hq.store;

import io.saddlebag.hq.store.Settlement.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes, inside the caller's transaction, what becomes of deliveries that nobody acknowledged: all of it rare. */
final class UnacknowledgedRows {
    private static final String FOUND =
            "WITH found AS MATERIALIZED (SELECT h.*, s.delivered, s.dead_lettered, s.discarded, s.expired, s.attempts,"
                    + " s.reason, s.error FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],"
                    + " ?::bigint[], ?::integer[], ?::text[], ?::text[])"
                    + " AS s (number, queue, delivered, dead_lettered, discarded, expired, attempts, reason, error)"
                    + SettlementRows.BY_KEY + ")";

    static final String KEEP = FOUND + " UPDATE delivery_held d SET (delivered_time, dead_lettered_time, attempts,"
            + " reason, last_error) = (SELECT coalesce(" + SqlArrays.instant("f.delivered") + ", d.delivered_time), "
            + SqlArrays.instant("f.dead_lettered") + ", f.attempts, f.reason, coalesce(f.error, d.last_error)"
            + " FROM found f WHERE f.place = d.ctid) WHERE " + SettlementRows.IN_PLACE;

    private static final String INTO_ENDED = " INSERT INTO delivery_ended (message_number, queue_name,"
            + " receiver_client_id, routing_key, priority, delivered_time, dead_lettered_time, discarded_time,"
            + " expired_time, attempts, reason, last_error) ";

    static final String END = FOUND + ", gone AS (DELETE FROM delivery_held WHERE " + SettlementRows.IN_PLACE + ")"
            + INTO_ENDED + "SELECT message_number, queue_name, receiver_client_id, routing_key, priority, coalesce("
            + SqlArrays.instant("delivered") + ", delivered_time), " + SqlArrays.instant("dead_lettered") + ", "
            + SqlArrays.instant("discarded") + ", " + SqlArrays.instant("expired")
            + ", attempts, reason, coalesce(error, last_error) FROM found";

    private static final String GONE = "WITH gone AS (DELETE FROM delivery_held d WHERE d.message_number = ANY (?)"
            + " AND %s RETURNING *), ended AS (" + INTO_ENDED + "SELECT message_number, queue_name, receiver_client_id,"
            + " routing_key, priority, delivered_time, dead_lettered_time, coalesce(discarded_time, now()),"
            + " NULL::timestamptz, attempts, reason, last_error FROM gone) SELECT d.message_number, " + HeldRows.PAYLOAD
            + " FROM gone d";
    private static final String TAKE_DISCARDED = String.format(GONE, "d.discarded_time IS NOT NULL");
    private static final String GIVE_UP = String.format(GONE, "d.dead_lettered_time IS NOT NULL");

    private final Connection connection;

    UnacknowledgedRows(Connection connection) {
        this.connection = connection;
    }

    /** Of several about one delivery the last counts: an UPDATE takes any one of them. */
    void write(List<Settlement> settlements) throws SQLException {
        Map<Key, Settlement> last = new LinkedHashMap<>();
        settlements.forEach(each -> last.put(new Key(each.messageNumber(), each.queueName()), each));
        List<Settlement> kept = new ArrayList<>();
        List<Settlement> ended = new ArrayList<>();
        last.values().forEach(each -> (each.outcome().endsHold() ? ended : kept).add(each));
        run(KEEP, kept);
        run(END, ended);
    }

    private void run(String sql, List<Settlement> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            new SqlArrays(connection, change)
                    .bigints(rows, Settlement::messageNumber)
                    .texts(rows, Settlement::queueName)
                    .instants(rows, Settlement::deliveredTime)
                    .instants(rows, each -> at(each, Outcome.DEAD_LETTERED, Outcome.LOST))
                    .instants(rows, each -> at(each, Outcome.LOST, Outcome.LOST))
                    .instants(rows, each -> at(each, Outcome.EXPIRED, Outcome.EXPIRED))
                    .integers(rows, Settlement::attempts)
                    .texts(rows, Settlement::reason)
                    .texts(rows, Settlement::lastError);
            change.executeUpdate();
        }
    }

    private static Instant at(Settlement settlement, Outcome one, Outcome other) {
        return settlement.outcome() == one || settlement.outcome() == other ? settlement.settledTime() : null;
    }

    /** Ends the dead letters of these messages that an operator discarded; returns where their payloads lie. */
    Map<Long, PayloadRef> takeDiscarded(Collection<Long> messageNumbers) throws SQLException {
        return take(TAKE_DISCARDED, messageNumbers);
    }

    /** Ends all dead letters of these messages. */
    void giveUp(Collection<Long> messageNumbers) throws SQLException {
        take(GIVE_UP, messageNumbers);
    }

    private Map<Long, PayloadRef> take(String sql, Collection<Long> messageNumbers) throws SQLException {
        Map<Long, PayloadRef> payloads = new HashMap<>();
        try (PreparedStatement take = connection.prepareStatement(sql)) {
            new SqlArrays(connection, take).bigints(List.copyOf(messageNumbers), number -> number);
            try (ResultSet row = take.executeQuery()) {
                while (row.next()) {
                    payloads.put(row.getLong(1), HeldRows.payload(row, 2));
                }
            }
        }
        return payloads;
    }

    private record Key(long messageNumber, String queueName) {}
}
