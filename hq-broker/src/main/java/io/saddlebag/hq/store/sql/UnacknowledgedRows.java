package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore.Changes;
import io.saddlebag.hq.store.MessageStore.Discarded;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes, inside the caller's transaction, the other ends of deliveries than an acknowledgement, all of them rare. They are the
 * home's: what others have adopted is passed over.
 */
public final class UnacknowledgedRows {
    private static final String FOUND =
            "WITH found AS MATERIALIZED (SELECT h.*, s.delivered, s.dead_lettered, s.missing, s.expired, s.attempts,"
                    + " s.refusals, s.since, s.reason, s.detail, s.error FROM unnest(?::bigint[], ?::text[], ?::bigint[],"
                    + " ?::bigint[], ?::bigint[], ?::bigint[], ?::integer[], ?::integer[], ?::bigint[], ?::text[],"
                    + " ?::bytea[], ?::text[]) AS s (number, queue, delivered, dead_lettered, missing, expired, attempts,"
                    + " refusals, since, reason, detail, error)"
                    + SettlementRows.BY_KEY + ")";

    public static final String KEEP = keep("");
    public static final String END = end("");

    private static final String INTO_ENDED = " INSERT INTO delivery_ended (message_number, queue_name,"
            + " receiver_client_id, routing_key, priority, delivered_time, dead_lettered_time, discarded_time,"
            + " expired_time, attempts, reason, refusal_detail, last_error) ";

    /** Why it was a dead letter, and why an operator gave it up. */
    private static final String GIVEN_UP = "concat_ws('; ', reason, 'discarded: ' || discard_reason)";

    private static final String TAKE_DISCARDED = "WITH gone AS (DELETE FROM delivery_held d WHERE d.message_number ="
            + " ANY (?) AND d.discarded_time IS NOT NULL RETURNING *), ended AS (" + INTO_ENDED
            + "SELECT message_number, queue_name, receiver_client_id, routing_key, priority, delivered_time,"
            + " dead_lettered_time, discarded_time, NULL::timestamptz, attempts, " + GIVEN_UP
            + ", refusal_detail, last_error FROM gone ON CONFLICT DO NOTHING) "
            + QueuedRows.selectFrom("gone", GIVEN_UP);

    private static final Set<Outcome> ENDS = Set.of(Outcome.EXPIRED, Outcome.DISCARDED);
    private static final Set<Outcome> DEAD = Set.of(Outcome.DEAD_LETTERED, Outcome.LOST, Outcome.DISCARDED);

    static final int CHANGES_AT_ONCE = 1_000;

    /** Also what an operator changed of a delivery that has ended meanwhile. */
    private static final String TAKE_CHANGES = "DELETE FROM operator_change WHERE (message_number, queue_name) IN"
            + " (SELECT message_number, queue_name FROM operator_change ORDER BY message_number, queue_name LIMIT "
            + CHANGES_AT_ONCE + ") RETURNING message_number, queue_name";

    /** A node leaves alone what others will take. A discarded dead letter whose home has ended is taken by whoever comes. */
    private static final String TAKE_CHANGES_OF_NODE =
            "DELETE FROM operator_change WHERE (message_number, queue_name) IN"
                    + " (SELECT c.message_number, c.queue_name FROM operator_change c WHERE NOT EXISTS (SELECT 1"
                    + " FROM delivery_held d WHERE d.message_number = c.message_number AND d.queue_name = c.queue_name"
                    + " AND d.node <> ? AND (d.discarded_time IS NULL OR EXISTS (SELECT 1 FROM hq_node n"
                    + " WHERE n.node_id = d.node AND n.ended_time IS NULL))) ORDER BY c.message_number, c.queue_name LIMIT "
                    + CHANGES_AT_ONCE + ") RETURNING message_number, queue_name";

    private static final String CHANGED = QueuedRows.SELECT + "(d.message_number, d.queue_name) IN"
            + " (SELECT * FROM unnest(?::bigint[], ?::text[])) AND d.discard_reason IS NULL AND "
            + SettlementRows.WAITS;
    private static final String WAITING_GIVEN_UP =
            "(SELECT * FROM delivery_held d WHERE d.discard_reason IS NOT NULL AND " + SettlementRows.WAITS
                    + "%s ORDER BY d.message_number LIMIT " + CHANGES_AT_ONCE + ")";

    private final Connection connection;
    private final Home home;

    UnacknowledgedRows(Connection connection, Home home) {
        this.connection = connection;
        this.home = home;
    }

    private static String keep(String condition) {
        return FOUND + " UPDATE delivery_held d SET (delivered_time, dead_lettered_time,"
                + " payload_missing_time, attempts, refusals, unsettled_since, reason,"
                + " refusal_detail, last_error) = (SELECT coalesce("
                + SqlArrays.instant("f.delivered") + ", d.delivered_time), " + SqlArrays.instant("f.dead_lettered")
                + ", "
                + SqlArrays.instant("f.missing") + ", f.attempts, f.refusals, "
                + SqlArrays.instant("f.since") + ", f.reason, f.detail, coalesce(f.error, d.last_error)"
                + " FROM found f WHERE f.message_number = d.message_number AND f.queue_name = d.queue_name) WHERE "
                + SettlementRows.IN_PLACE + condition
                + " RETURNING d.message_number, d.queue_name";
    }

    private static String end(String condition) {
        return FOUND + SettlementRows.gone(condition) + INTO_ENDED + "SELECT g.message_number, g.queue_name,"
                + " g.receiver_client_id, g.routing_key, g.priority, coalesce(" + SqlArrays.instant("f.delivered")
                + ", g.delivered_time), " + SqlArrays.instant("f.dead_lettered") + ", "
                + SqlArrays.instant("f.dead_lettered") + ", " + SqlArrays.instant("f.expired")
                + ", f.attempts, f.reason, f.detail, coalesce(f.error, g.last_error)" + SettlementRows.FROM_GONE
                + " ON CONFLICT DO NOTHING RETURNING message_number, queue_name";
    }

    /**
     * Writes them.
     *
     * @param settlements of each delivery one
     * @return the deliveries that were changed; the others do not wait any more
     */
    Set<Settlement.Key> write(Collection<Settlement> settlements) throws SQLException {
        List<Settlement> kept = new ArrayList<>();
        List<Settlement> ended = new ArrayList<>();
        settlements.forEach(each -> (ENDS.contains(each.outcome()) ? ended : kept).add(each));
        Set<Settlement.Key> changed = new HashSet<>();
        changed.addAll(run(home.isNode() ? keep(HeldRows.of(home)) : KEEP, kept));
        changed.addAll(run(home.isNode() ? end(HeldRows.of(home)) : END, ended));
        return changed;
    }

    private List<Settlement.Key> run(String sql, List<Settlement> rows) throws SQLException {
        if (rows.isEmpty()) {
            return List.of();
        }
        return PostgresTransaction.query(
                connection,
                sql,
                parameters -> parameters
                        .bigints(rows, Settlement::messageNumber)
                        .texts(rows, Settlement::queueName)
                        .instants(rows, Settlement::deliveredTime)
                        .instants(rows, each -> at(each, DEAD))
                        .instants(rows, each -> at(each, Set.of(Outcome.LOST)))
                        .instants(rows, each -> at(each, Set.of(Outcome.EXPIRED)))
                        .integers(rows, Settlement::attempts)
                        .integers(rows, each -> each.returns().refused())
                        .instants(rows, each -> each.returns().since())
                        .texts(rows, Settlement::reason)
                        .byteas(rows, Settlement::detail)
                        .texts(rows, Settlement::lastError),
                row -> new Settlement.Key(row.getLong(1), row.getString(2)));
    }

    private static Instant at(Settlement settlement, Set<Outcome> outcomes) {
        return outcomes.contains(settlement.outcome()) ? settlement.settledTime() : null;
    }

    /** The home's deliveries that operators changed; dead letters that they discarded are ended. */
    Changes takeChanges() throws SQLException {
        List<Settlement.Key> changed = PostgresTransaction.query(
                connection,
                home.isNode() ? TAKE_CHANGES_OF_NODE : TAKE_CHANGES,
                parameters -> {
                    if (home.isNode()) {
                        parameters.bigint(home.node());
                    }
                },
                row -> new Settlement.Key(row.getLong(1), row.getString(2)));
        List<Discarded> givenUp = PostgresTransaction.query(
                connection,
                QueuedRows.selectFrom(
                        WAITING_GIVEN_UP.formatted(HeldRows.of(home)),
                        "'Discarded by an operator of headquarters: ' || discard_reason"),
                parameters -> {},
                UnacknowledgedRows::discarded);
        return changed.isEmpty()
                ? new Changes(List.of(), List.of(), List.of(), givenUp, false)
                : changes(changed, givenUp);
    }

    private Changes changes(List<Settlement.Key> changed, List<Discarded> givenUp) throws SQLException {
        List<QueuedDelivery> requeued = PostgresTransaction.query(
                connection,
                CHANGED + HeldRows.of(home),
                parameters -> parameters
                        .bigints(changed, Settlement.Key::messageNumber)
                        .texts(changed, Settlement.Key::queueName),
                QueuedRows::of);
        List<Discarded> discarded = takeDiscarded(
                changed.stream().map(Settlement.Key::messageNumber).toList());
        Map<Long, PayloadRef> payloads = new HashMap<>();
        discarded.forEach(each ->
                payloads.put(each.delivery().messageNumber(), each.delivery().payload()));
        List<PayloadRef> freed = new SettlementRows(connection)
                .freed(payloads.keySet()).stream().map(payloads::get).toList();
        return new Changes(requeued, discarded, freed, givenUp, changed.size() == CHANGES_AT_ONCE);
    }

    /** Ends the dead letters of these messages that an operator discarded, and returns them. */
    private List<Discarded> takeDiscarded(Collection<Long> messageNumbers) throws SQLException {
        return PostgresTransaction.query(
                connection,
                TAKE_DISCARDED,
                parameters -> parameters.bigints(messageNumbers, number -> number),
                UnacknowledgedRows::discarded);
    }

    /** A row of {@link QueuedRows#selectFrom} with the reason. */
    private static Discarded discarded(ResultSet row) throws SQLException {
        return new Discarded(QueuedRows.of(row), row.getString(QueuedRows.COLUMNS + 1));
    }
}
