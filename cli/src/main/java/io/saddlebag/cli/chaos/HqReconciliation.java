package io.saddlebag.cli.chaos;

import io.saddlebag.cli.demo.HqRecords;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds every dropped file against headquarters' records: one delivery for each recipient, acknowledged, no other. */
final class HqReconciliation {
    private static final String DELIVERIES =
            "SELECT sender_id || ' ' || message_id || ' ' || receiver_client_id, acknowledged_time IS NOT NULL"
                    + " FROM message JOIN delivery USING (message_number)";

    private final String psqlUrl;

    /** @param psqlUrl of a headquarters at work */
    HqReconciliation(String psqlUrl) {
        this.psqlUrl = psqlUrl;
    }

    void run(List<DroppedFile> dropped, Reconciliation.Findings findings) throws IOException {
        Set<String> missing = new HashSet<>();
        for (DroppedFile file : dropped) {
            file.recipients().forEach(centre -> missing.add(name(file, centre)));
        }
        try (HqRecords records = HqRecords.open(psqlUrl);
                Statement statement = records.connection().createStatement();
                ResultSet rows = statement.executeQuery(DELIVERIES)) {
            while (rows.next()) {
                String name = rows.getString(1);
                if (!missing.remove(name)) {
                    findings.duplicated().add("headquarters has also " + name);
                }
                if (!rows.getBoolean(2)) {
                    findings.others().add("headquarters has no acknowledgement of " + name);
                }
            }
        } catch (SQLException e) {
            findings.others().add("headquarters' records cannot be read: " + e.getMessage());
            return;
        }
        missing.forEach(name -> findings.lost().add("headquarters has no record of " + name));
    }

    private static String name(DroppedFile file, Target centre) {
        return file.sender() + " " + file.messageId() + " " + centre.site();
    }
}
