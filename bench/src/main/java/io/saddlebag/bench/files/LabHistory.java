package io.saddlebag.bench.files;

import io.saddlebag.journal.JournalFile;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/** Messages in a laboratory's journal that were sent and receipted long ago. Nothing of them was ever sent. */
public final class LabHistory {
    private static final String DATE = "20251008";

    private LabHistory() {}

    /** The id of the nth message, from 1. */
    public static String messageId(SiteId lab, long number) {
        return "%s_DAT_%s_%09d".formatted(lab, DATE, number);
    }

    /** The name of its file. */
    public static String fileName(long number) {
        return "run" + number + ".bam";
    }

    /** The SHA-256 of its content, in hexadecimal. */
    public static String sha256(long number) {
        return String.format("%016x%048x", number * 7_919, number);
    }

    /**
     * Makes the journal of a home that never ran.
     *
     * @param messages how many
     */
    public static void fill(SiteHome home, SiteId lab, long messages) throws Exception {
        Path file = Files.createDirectories(home.journal()).resolve("lab.db");
        try (LabJournal journal = LabJournal.open(file);
                Connection connection = DriverManager.getConnection(JournalFile.urlOf(file));
                Statement statement = connection.createStatement()) {
            statement.execute("WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < "
                    + messages
                    + ") INSERT INTO message (message_id, route_id, file_name, content_type, recipients, sent_timestamp,"
                    + " state, size, sha256, manifest_sha256, settled_time, drop_folder, modified, is_receipted,"
                    + " kept_as, receipt_secret, places, sealed_time, signed_time)"
                    + " SELECT printf('" + lab + "_DAT_" + DATE + "_%09d', n), 'raw-data', 'run' || n || '.bam',"
                    + " 'application/octet-stream', 'CA-RC', '2025-10-08T09:00:00Z', 'SENT', 1024,"
                    + " printf('%016x%048x', n * 7919, n), printf('%064x', n), '2025-10-08T09:00:02Z', 'drop/raw-data',"
                    + " '2025-10-08T08:59:00Z', 1, '2025-10-08/run' || n || '.bam', zeroblob(32), '1',"
                    + " '2025-10-08T09:00:01Z', '2025-10-08T09:00:01Z' FROM count");
        }
        // The first start marks the journal as this home's, which makes it another than the one that was closed.
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".sha256"));
    }
}
