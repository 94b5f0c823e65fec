package io.saddlebag.hq.audit;

import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A row of headquarters' table {@code delivery}.
 *
 * @param discarded whether a dead letter's sealed message was given up
 * @param reason why it is a dead letter; null otherwise
 * @param receipt the delivery receipt's envelope; null when there is none
 */
record StoredDelivery(SiteId receiver, String queue, String state, boolean discarded, String reason, byte[] receipt) {
    static final String WAITING = "queued";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String DEAD = "dead-lettered";
    static final String EXPIRED = "expired";

    /** The same in SQL, of a row {@code d}. */
    static final String STATE = "CASE WHEN d.acknowledged_time IS NOT NULL THEN '" + ACKNOWLEDGED
            + "' WHEN d.dead_lettered_time IS NOT NULL THEN '" + DEAD + "' WHEN d.expired_time IS NOT NULL THEN '"
            + EXPIRED + "' ELSE '" + WAITING + "' END";

    static StoredDelivery of(ResultSet row) throws SQLException {
        return new StoredDelivery(
                SiteId.of(row.getString("receiver_client_id")),
                row.getString("queue_name"),
                row.getString("state"),
                row.getBoolean("discarded"),
                row.getString("reason"),
                row.getBytes("delivery_receipt"));
    }

    /** Whether the sealed message is to be kept: it waits, or an operator may requeue it. */
    boolean needsPayload() {
        return state.equals(WAITING) || (state.equals(DEAD) && !discarded);
    }
}
