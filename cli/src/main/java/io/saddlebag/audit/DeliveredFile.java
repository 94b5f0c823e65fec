package io.saddlebag.audit;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/**
 * A row of the centre's journal.
 *
 * @param state {@code published}, {@code acknowledged} or {@code refused}
 * @param contentSha256 null when it was never opened
 * @param reason why it was refused; null otherwise
 * @param removed whether the centre deleted its files since, their time being over
 */
record DeliveredFile(
        SiteId sender,
        MessageId messageId,
        String queue,
        String state,
        Sha256 manifestSha256,
        Sha256 contentSha256,
        String reason,
        boolean removed) {
    static final String SELECT =
            "SELECT sender_id, message_id, queue_name, state, manifest_sha256, content_sha256, reason,"
                    + " removed_time FROM delivery ";

    static DeliveredFile of(ResultSet row) throws SQLException {
        String content = row.getString("content_sha256");
        return new DeliveredFile(
                SiteId.of(row.getString("sender_id")),
                MessageId.of(row.getString("message_id")),
                row.getString("queue_name"),
                row.getString("state").toLowerCase(Locale.ROOT),
                new Sha256(row.getString("manifest_sha256")),
                content == null ? null : new Sha256(content),
                row.getString("reason"),
                row.getString("removed_time") != null);
    }

    boolean isRefused() {
        return state.equals("refused");
    }
}
