package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
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

    private static final String KNOWN = "SELECT message_id FROM message WHERE sender_id = ? AND message_id = ANY (?)";

    private final DataSource database;

    /** @param database gives working connections; the schema is migrated */
    public OutcomeStore(DataSource database) {
        this.database = database;
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

    /** Those of the ids under which the sender published a message. */
    public Set<MessageId> known(SiteId sender, Collection<MessageId> ids) throws StoreException {
        return Set.copyOf(PostgresTransaction.query(
                database,
                "read messages of " + sender,
                KNOWN,
                parameters -> parameters.text(sender.value()).texts(ids, MessageId::value),
                row -> MessageId.of(row.getString(1))));
    }

    private static DeliveryOutcome outcome(ResultSet row) throws SQLException {
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
