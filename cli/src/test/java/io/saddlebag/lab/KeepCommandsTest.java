package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.audit.AuditReport;
import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code tidy} and {@code withdraw} on a laboratory, and an audit after each. */
class KeepCommandsTest extends LabFixture {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final Map<String, String> SETTINGS = Map.of(
            "recipient.CA-RC.receipts",
            "none",
            "recipient.SF-RC.receipts",
            "none",
            "sent.look-after",
            "20ms",
            "receipts.ask-interval",
            "50ms");

    private int exitCode;

    private String run(String command) {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said, true);
        String[] words = (command + " --home " + home.home().folder()).split(" ");
        exitCode = Saddlebag.execute(writer, writer, words);
        return said.toString();
    }

    private AuditReport audit() throws Exception {
        return NetworkAudit.of(List.of(home.home().folder()), false).run();
    }

    private Map<String, Long> agreed() throws Exception {
        AuditReport report = audit();
        assertThat(report.findings()).isEmpty();
        return report.sites().get(0).counts();
    }

    @Test
    void aTidiedFileIsNeverLost() throws Exception {
        hq.listen();
        lab = home.start(hq.port(), SETTINGS);
        home.drop(ID + ".csv", "it".getBytes());
        Stream.of("CA-RC", "SF-RC")
                .forEach(site -> hq.ended(new DeliveryOutcome(
                        ID, SiteId.of(site), DeliveryOutcome.ACKNOWLEDGED, Instant.now(), null, null, null)));
        String refused = "FL-LAB_DAT_20251008_002";
        hq.refuse(refused, "bad-signature", "as the test says");
        home.drop(refused + ".csv", "no".getBytes());
        await("an end of both")
                .until(() -> home.files("failed").size() == 2 && home.sent().contains(ID + ".csv"));
        await("a second look").until(() -> run("tidy --older-than 0s").contains("goes  sent/"));
        assertThat(run("tidy --older-than 1d")).startsWith("0 files");
        assertThat(run("tidy")).contains("Expected --older-than TIME");
        assertThat(exitCode).isEqualTo(2);
        assertThat(agreed()).doesNotContainKey("tidied");

        assertThat(run("tidy --older-than 0s --delete")).contains("1 file, 2 bytes, deleted; 0 stay");
        assertThat(home.sent()).containsExactly(ID + ".receipts.json");
        assertThat(run("tidy --failed --older-than 0s")).contains("goes  failed/" + refused + ".csv");
        assertThat(agreed()).containsEntry("tidied", 1L);

        assertThat(run("tidy --failed --delete " + refused)).contains("1 file, 2 bytes, deleted");
        assertThat(home.files("failed")).isEmpty();
        assertThat(agreed()).containsEntry("tidied", 2L);
        assertThat(run("withdraw " + ID)).contains("too late, headquarters confirmed it", "dead discard --waiting");
        assertThat(exitCode).isEqualTo(1);

        Files.delete(home.home().resolve("sent/" + ID + ".receipts.json"));
        assertThat(audit().findings()).as("the receipts may not go").hasSize(1);
    }

    @Test
    void aFileIsWithdrawnWhileTheLaboratoryIsStopped() throws Exception {
        lab = home.start(hq.port(), SETTINGS);
        home.drop(ID + ".csv", "it".getBytes());
        await("a claim").until(() -> home.files("work").contains(ID.value()));
        stop();
        assertThat(run("withdraw --reason twice " + ID + ".csv"))
                .contains(ID + ": withdrawn; the laboratory does not run");
        assertThat(exitCode).isZero();
        assertThat(run("withdraw nothing.csv")).contains("nothing.csv: expected a message_id or file name");

        hq.listen();
        lab = home.start(hq.port(), SETTINGS);
        await("the file").until(() -> home.files("failed").contains(ID + ".csv"));
        assertThat(reason(ID + ".csv")).contains("\"withdrawn\"", ": twice. Nobody has received it");
        await("an end").until(() -> home.files("work").isEmpty());
        assertThat(agreed()).containsEntry("failed", 1L);
        assertThat(run("withdraw " + ID)).contains(ID + ": withdrawn; its file is in failed/");
        assertThat(run("journal --json").lines())
                .hasSize(3)
                .first()
                .asString()
                .contains("\"action\":\"withdraw\",\"targets\":[\"" + ID + ".csv\"],\"reason\":\"twice\"");
        assertThat(agreed()).containsEntry("operator entries", 3L);
        Path lines = home.home().resolve("operators/journal.jsonl");
        Files.writeString(lines, Files.readString(lines).replaceFirst("\"sig\":\"..", "\"sig\":\"AA"));
        assertThat(audit().findings())
                .extracting(AuditReport.Finding::subject)
                .containsOnly("operators/journal.jsonl")
                .hasSize(2);
        assertThat(run("journal")).contains("saddlebag: entry 1: Expected a signature of FL-LAB");
        assertThat(exitCode).isEqualTo(1);
        assertThat(hq.confirmed()).isEmpty();
    }
}
