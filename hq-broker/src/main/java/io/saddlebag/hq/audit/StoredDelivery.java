package io.saddlebag.hq.audit;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A row of headquarters' table {@code delivery}.
 *
 * @param reason why it is a dead letter; null otherwise
 * @param payload where its sealed message lies; null when it needs none any more, or is known to have none
 * @param receipt the delivery receipt's envelope; null when there is none
 */
record StoredDelivery(SiteId receiver, String queue, String state, String reason, PayloadRef payload, byte[] receipt) {
    static final String WAITING = "queued";
    /** Its sealed message is not known to be whole, and waits for a repeat by its publisher. */
    static final String DOUBTFUL = "doubtful";

    static final String ACKNOWLEDGED = "acknowledged";
    static final String DEAD = "dead-lettered";
    static final String EXPIRED = "expired";

    /** The same in SQL, of a row {@code d}. */
    static final String STATE = "CASE WHEN d.acknowledged_time IS NOT NULL THEN '" + ACKNOWLEDGED
            + "' WHEN d.dead_lettered_time IS NOT NULL THEN '" + DEAD + "' WHEN d.expired_time IS NOT NULL THEN '"
            + EXPIRED + "' WHEN d.payload_missing_time IS NOT NULL THEN '" + DOUBTFUL + "' ELSE '" + WAITING + "' END";

    static StoredDelivery of(ResultSet row) throws SQLException {
        return new StoredDelivery(
                SiteId.of(row.getString("receiver_client_id")),
                row.getString("queue_name"),
                row.getString("state"),
                row.getString("reason"),
                payload(row),
                row.getBytes("delivery_receipt"));
    }

    private static PayloadRef payload(ResultSet row) throws SQLException {
        if (row.getObject("payload_file") == null || row.getBoolean("without_payload")) {
            return null;
        }
        return new PayloadRef(
                row.getLong("payload_file"),
                row.getLong("payload_offset"),
                row.getInt("manifest_length"),
                row.getLong("body_length"));
    }
}
