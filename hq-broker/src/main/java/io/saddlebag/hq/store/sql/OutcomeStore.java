package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** How deliveries ended, read for their senders. Calls block; any thread may call. */
public final class OutcomeStore {
    private static final String ENDED = "SELECT m.message_id, d.receiver_client_id, d.acknowledged_time,"
            + " d.dead_lettered_time, d.expired_time, d.discarded_time, d.reason, d.refusal_detail, d.delivery_receipt"
            + " FROM message m JOIN delivery d ON d.message_number = m.message_number"
            + " WHERE m.sender_id = ? AND m.message_id = ANY (?)"
            + " AND num_nonnulls(d.acknowledged_time, d.dead_lettered_time, d.expired_time) = 1"
            + " ORDER BY m.message_number, d.queue_name";

    public static final String OPEN_ELSEWHERE =
            "SELECT d.message_number, d.queue_name, d.dead_lettered_time IS NOT NULL FROM message m, LATERAL (SELECT *"
                    + " FROM delivery_held h WHERE h.message_number = m.message_number AND h.node <> ? OFFSET 0) d"
                    + " WHERE m.sender_id = ? AND m.message_id = ANY (?) AND d.discarded_time IS NULL";

    /** Each by its key, whatever the number of messages. */
    public static final String ENDED_OF =
            "SELECT m.message_id, d.receiver_client_id, d.acknowledged_time, d.dead_lettered_time, d.expired_time,"
                    + " d.discarded_time, d.reason, d.refusal_detail, d.delivery_receipt, d.message_number, d.queue_name"
                    + " FROM unnest(?::bigint[], ?::text[]) AS s (number, queue), LATERAL (SELECT * FROM delivery e"
                    + " WHERE e.message_number = s.number AND e.queue_name = s.queue"
                    + " AND num_nonnulls(e.acknowledged_time, e.dead_lettered_time, e.expired_time) = 1 OFFSET 0) d,"
                    + " LATERAL (SELECT message_id FROM message WHERE message_number = s.number OFFSET 0) m";

    private static final String KNOWN = "SELECT message_id FROM message WHERE sender_id = ? AND message_id = ANY (?)";

    private final DataSource database;
    private final boolean isShared;

    /** @param database gives working connections; the schema is migrated */
    public OutcomeStore(DataSource database) {
        this(database, false);
    }

    /** @param isShared whether several nodes have the database, which has a standby then */
    public OutcomeStore(DataSource database, boolean isShared) {
        this.database = database;
        this.isShared = isShared;
    }

    /** The ended deliveries of the sender's messages of these ids, message by message. */
    public List<DeliveryOutcome> outcomes(SiteId sender, Collection<MessageId> ids) throws StoreException {
        return PostgresTransaction.query(
                database,
                "read receipts of " + sender,
                ENDED,
                parameters -> parameters.text(sender.value()).texts(ids, MessageId::value),
                OutcomeStore::outcome);
    }

    /**
     * The deliveries of the sender's messages of these ids that another node settles; true for a dead letter, which may be
     * requeued.
     *
     * @param node this one, hq_node.node_id
     */
    public Map<Settlement.Key, Boolean> openElsewhere(long node, SiteId sender, Collection<MessageId> ids)
            throws StoreException {
        Map<Settlement.Key, Boolean> open = new HashMap<>();
        PostgresTransaction.query(
                database,
                "read open deliveries of " + sender,
                OPEN_ELSEWHERE,
                parameters -> parameters.bigint(node).text(sender.value()).texts(ids, MessageId::value),
                row -> open.put(new Settlement.Key(row.getLong(1), row.getString(2)), row.getBoolean(3)));
        return open;
    }

    /** How those of these deliveries ended that have, dead letters included. */
    public Map<Settlement.Key, DeliveryOutcome> ended(Collection<Settlement.Key> deliveries) throws StoreException {
        Map<Settlement.Key, DeliveryOutcome> ended = new HashMap<>();
        PostgresTransaction.query(
                database,
                "read receipts",
                ENDED_OF,
                parameters -> parameters
                        .bigints(deliveries, Settlement.Key::messageNumber)
                        .texts(deliveries, Settlement.Key::queueName),
                row -> ended.put(
                        new Settlement.Key(row.getLong("message_number"), row.getString("queue_name")), outcome(row)));
        return ended;
    }

    /** Those of the ids under which the sender published a message. */
    public Set<MessageId> known(SiteId sender, Collection<MessageId> ids) throws StoreException {
        String what = "read messages of " + sender;
        PostgresTransaction.Parameters named =
                parameters -> parameters.text(sender.value()).texts(ids, MessageId::value);
        PostgresTransaction.RowReader<MessageId> id = row -> MessageId.of(row.getString(1));
        Set<MessageId> known = Set.copyOf(PostgresTransaction.query(database, what, KNOWN, named, id));
        // Its sender sends again what is unknown, with a WARN that a person follows.
        return isShared && !known.containsAll(ids)
                ? Set.copyOf(PostgresTransaction.queryReplicated(database, what, KNOWN, named, id))
                : known;
    }

    /** Reads a row with these columns. */
    public static DeliveryOutcome outcome(ResultSet row) throws SQLException {
        Timestamp acknowledged = row.getTimestamp("acknowledged_time");
        Timestamp dead = row.getTimestamp("dead_lettered_time");
        Timestamp discarded = row.getTimestamp("discarded_time");
        Timestamp time = Stream.of(acknowledged, discarded, dead, row.getTimestamp("expired_time"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        String state = acknowledged != null
                ? DeliveryOutcome.ACKNOWLEDGED
                : discarded != null
                        ? DeliveryOutcome.DISCARDED
                        : dead != null ? DeliveryOutcome.DEAD_LETTERED : DeliveryOutcome.EXPIRED;
        return new DeliveryOutcome(
                MessageId.of(row.getString("message_id")),
                SiteId.of(row.getString("receiver_client_id")),
                state,
                time.toInstant(),
                row.getString("reason"),
                row.getBytes("refusal_detail"),
                row.getBytes("delivery_receipt"));
    }
}
