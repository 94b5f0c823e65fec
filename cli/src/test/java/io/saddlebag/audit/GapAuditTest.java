package io.saddlebag.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.journal.JournalReader;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Json;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters that withholds messages between others. */
class GapAuditTest {
    private static final Instant NOW = Instant.parse("2025-10-10T09:00:00Z");
    private static final Duration WITHIN = Duration.ofHours(1);
    private static final String ID = "FL-LAB_DAT_20251008_00";

    @TempDir
    private Path home;

    private Path journal;
    private SiteAccount account;
    private GapAudit audit;

    @BeforeEach
    void open() throws Exception {
        Files.createDirectories(home.resolve("sent"));
        journal = home.resolve("journal.db");
        SiteHome site = new SiteHome(home);
        account = new SiteAccount(SiteId.of("FL-LAB"), site);
        audit = new GapAudit(site, account, WITHIN, NOW);
    }

    private void change(String... changes) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal);
                Statement statement = connection.createStatement()) {
            for (String change : changes) {
                statement.executeUpdate(change);
            }
        }
    }

    private static String missing(String site, int first, int last, Instant noticed) {
        return "INSERT INTO missing VALUES ('" + site + "', " + first + ", " + last + ", " + noticed.toEpochMilli()
                + ", 1)";
    }

    private static String sent(int number, String places, int receipted) {
        return "INSERT INTO message (message_id, route_id, file_name, content_type, recipients, sent_timestamp, state,"
                + " size, drop_folder, modified, receipt_secret, is_receipted, places) VALUES ('" + ID + number
                + "', 'r', 'f', 't', 'CA-RC,NY-RC', '', 'SENT', 1, 'd', '', x'00', " + receipted + ", '" + places
                + "')";
    }

    private List<String> findings() {
        return account.findings().stream()
                .map(finding -> finding.subject() + ": " + finding.text())
                .toList();
    }

    @Test
    void findsWhatACentreHasMissedForLong() throws Exception {
        RcJournal.open(journal).close();
        change(
                missing("FL-LAB", 7, 9, NOW.minus(WITHIN)),
                missing("PA-LAB", 1, 2, NOW.minus(WITHIN).plusSeconds(1)));
        try (JournalReader reader = JournalReader.open(journal)) {
            audit.checkReceived(reader);
        }

        assertThat(findings())
                .containsExactly("FL-LAB: expected every message of its sequence, found seq 7 to 9 missing, which later"
                        + " ones overtook at 2025-10-10T08:00:00Z");
        assertThat(account.counts()).isEqualTo(Map.of("overtaken", 2L));
    }

    @Test
    void findsWhatARecipientWithLaterOnesHasNotReceipted() throws Exception {
        LabJournal.open(journal).close();
        change(
                missing("CA-RC", 2, 4, NOW.minus(WITHIN)),
                missing("NY-RC", 4, 4, NOW),
                sent(1, "1,2", 0),
                sent(2, "2,3", 0),
                sent(3, "3,4", 0),
                sent(4, "4,5", 1));
        Files.write(
                home.resolve("sent/" + ID + 3 + SentReceipts.SUFFIX),
                Json.write(Map.of(
                        "message_id",
                        ID + 3,
                        "manifest_sha256",
                        Sha256.of(new byte[0]),
                        "sha256",
                        Sha256.of(new byte[0]),
                        "receipt_secret",
                        ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]),
                        "size",
                        1,
                        "recipients",
                        List.of(
                                Map.of("receiver_client_id", "CA-RC", "state", "dead-lettered"),
                                Map.of("receiver_client_id", "NY-RC", "state", "waiting")))));
        try (JournalReader reader = JournalReader.open(journal)) {
            audit.checkSent(reader);
        }

        assertThat(findings())
                .containsExactly(ID + "2: expected a receipt of CA-RC, which has had later messages since"
                        + " 2025-10-10T08:00:00Z, found none");
        assertThat(account.counts()).isEqualTo(Map.of("overtaken", 1L));
    }
}
