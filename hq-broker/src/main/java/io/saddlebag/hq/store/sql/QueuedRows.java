package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.QueuedDelivery.Returns;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

/** Reads deliveries with the facts of their message. */
public final class QueuedRows {
    /** How many columns {@link #SELECT} gives. */
    static final int COLUMNS = 17;

    private static final String FACTS = "SELECT m.message_number, m.message_id, m.sender_id, m.sent_timestamp,"
            + " m.received_time, m.expires, d.priority, d.attempts, d.refusals,"
            + " d.unsettled_since, d.receiver_client_id, d.queue_name, d.routing_key, "
            + HeldRows.PAYLOAD;

    /** Selects rows {@code d} of {@code delivery_held}; the caller adds the condition. */
    public static final String SELECT =
            FACTS + " FROM delivery_held d JOIN message m ON m.message_number = d.message_number WHERE ";

    private QueuedRows() {}

    /** The same of changed rows that a statement's WITH names, each message looked up by its key. */
    static String selectFrom(String changed, String... more) {
        StringBuilder columns = new StringBuilder(FACTS);
        for (String column : more) {
            columns.append(", ").append(column);
        }
        return columns + " FROM " + changed + " d, LATERAL (SELECT * FROM message"
                + " WHERE message_number = d.message_number OFFSET 0) m ORDER BY m.message_number, d.queue_name";
    }

    /** The delivery that the result set is at. */
    public static QueuedDelivery of(ResultSet row) throws SQLException {
        return new QueuedDelivery(
                row.getLong(1),
                MessageId.of(row.getString(2)),
                SiteId.of(row.getString(3)),
                instant(row.getTimestamp(4)),
                instant(row.getTimestamp(5)),
                instant(row.getTimestamp(6)),
                Priority.ofNumber(row.getInt(7)),
                row.getInt(8),
                new Returns(row.getInt(9), instant(row.getTimestamp(10))),
                SiteId.of(row.getString(11)),
                row.getString(12),
                row.getString(13),
                HeldRows.payload(row, 14));
    }

    private static Instant instant(Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
