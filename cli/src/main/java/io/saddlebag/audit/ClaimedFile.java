package io.saddlebag.audit;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A row of the laboratory's journal.
 *
 * @param state {@code claimed}, {@code sealed}, {@code sent} or {@code failed}
 * @param sha256 of the content; null before it was digested
 * @param manifest the manifest's JSON; null before it was sealed and after it was settled
 * @param manifestSha256 of that JSON; null before it was sealed
 * @param reason why it failed; null otherwise
 * @param settledTime when it was sent or failed, ISO 8601; null before
 * @param receipted whether every recipient's receipt is there
 * @param dropFolder where it was dropped, in the home or absolute; null when that was not noted
 * @param sealed the sealed message of one that is sealed and small; null otherwise
 * @param keptAs where below {@code sent/} its file is kept; null when that was not noted, and before it was sent
 * @param tidied whether its kept file was removed in order
 */
record ClaimedFile(
        MessageId messageId,
        String fileName,
        List<SiteId> recipients,
        String state,
        Sha256 sha256,
        byte[] manifest,
        Sha256 manifestSha256,
        String reason,
        String settledTime,
        boolean receipted,
        String dropFolder,
        byte[] sealed,
        String keptAs,
        boolean tidied) {
    static final String SELECT =
            "SELECT message_id, file_name, recipients, state, sha256, manifest, manifest_sha256, reason, settled_time,"
                    + " is_receipted, drop_folder, sealed, kept_as, tidied_time FROM message ";

    static ClaimedFile of(ResultSet row) throws SQLException {
        return new ClaimedFile(
                MessageId.of(row.getString("message_id")),
                row.getString("file_name"),
                Arrays.stream(row.getString("recipients").split(","))
                        .map(SiteId::of)
                        .toList(),
                row.getString("state").toLowerCase(Locale.ROOT),
                digest(row.getString("sha256")),
                row.getBytes("manifest"),
                digest(row.getString("manifest_sha256")),
                row.getString("reason"),
                row.getString("settled_time"),
                row.getBoolean("is_receipted"),
                row.getString("drop_folder"),
                row.getBytes("sealed"),
                row.getString("kept_as"),
                row.getString("tidied_time") != null);
    }

    private static Sha256 digest(String hex) {
        return hex == null ? null : new Sha256(hex);
    }

    /** The day of its folder below {@code sent/}, unless midnight came between; null when it is not settled. */
    String day() {
        return settledTime == null ? null : settledTime.substring(0, "yyyy-mm-dd".length());
    }
}
