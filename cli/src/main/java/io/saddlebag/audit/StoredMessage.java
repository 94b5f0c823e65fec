package io.saddlebag.audit;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A row of headquarters' table {@code message} with its deliveries, which are added one by one. */
record StoredMessage(
        long number,
        MessageId messageId,
        SiteId sender,
        Sha256 bodySha256,
        Sha256 manifestSha256,
        byte[] manifest,
        List<Delivery> deliveries) {
    static final String ALL = "SELECT m.message_number, m.message_id, m.sender_id, m.body_sha256,"
            + " m.manifest_sha256, m.manifest, d.payload_file, d.payload_offset, d.manifest_length, d.body_length, d.queue_name, d.receiver_client_id,"
            + " d.reason, d.delivery_receipt, " + Delivery.STATE + " AS state,"
            + " d.discarded_time IS NOT NULL OR d.payload_missing_time IS NOT NULL AS without_payload"
            + " FROM message m LEFT JOIN delivery d ON d.message_number = m.message_number"
            + " ORDER BY m.message_number, d.queue_name";

    static StoredMessage of(ResultSet row) throws SQLException {
        return new StoredMessage(
                row.getLong("message_number"),
                MessageId.of(row.getString("message_id")),
                SiteId.of(row.getString("sender_id")),
                Sha256.ofDigest(row.getBytes("body_sha256")),
                Sha256.ofDigest(row.getBytes("manifest_sha256")),
                row.getBytes("manifest"),
                new ArrayList<>());
    }

    /**
     * A row of headquarters' table {@code delivery}.
     *
     * @param reason why it is a dead letter; null otherwise
     * @param payload where its sealed message lies; null when it needs none any more, or is known to have none
     * @param receipt the delivery receipt's envelope; null when there is none
     */
    record Delivery(SiteId receiver, String queue, String state, String reason, PayloadRef payload, byte[] receipt) {
        static final String WAITING = "queued";
        /** Its sealed message is not known to be whole, and waits for a repeat by its publisher. */
        static final String DOUBTFUL = "doubtful";

        static final String ACKNOWLEDGED = "acknowledged";
        static final String DEAD = "dead-lettered";
        static final String DISCARDED = "discarded";
        static final String EXPIRED = "expired";

        /** The same in SQL, of a row {@code d}. */
        static final String STATE = "CASE WHEN d.acknowledged_time IS NOT NULL THEN '" + ACKNOWLEDGED
                + "' WHEN d.discarded_time IS NOT NULL THEN '" + DISCARDED
                + "' WHEN d.dead_lettered_time IS NOT NULL THEN '" + DEAD + "' WHEN d.expired_time IS NOT NULL THEN '"
                + EXPIRED + "' WHEN d.payload_missing_time IS NOT NULL THEN '" + DOUBTFUL + "' ELSE '" + WAITING
                + "' END";

        static Delivery of(ResultSet row) throws SQLException {
            return new Delivery(
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
}
