package io.saddlebag.hq.audit;

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
        List<StoredDelivery> deliveries) {
    static final String ALL = "SELECT m.message_number, m.message_id, m.sender_id, m.body_sha256,"
            + " m.manifest_sha256, m.manifest, d.payload_file, d.payload_offset, d.manifest_length, d.body_length, d.queue_name, d.receiver_client_id,"
            + " d.reason, d.delivery_receipt, " + StoredDelivery.STATE + " AS state,"
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
}
