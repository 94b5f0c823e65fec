package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A crash after each step of a message: the next start completes the message, once. */
class CrashTest extends LabFixture {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final String NAME = ID + ".csv";
    private static final byte[] CONTENT = "sample,result\n".getBytes(StandardCharsets.UTF_8);
    private static final FileLook LOOK = new FileLook(CONTENT.length, Instant.parse("2025-10-08T08:59:00Z"));
    private static final Duration POLL = Duration.ofMillis(10);

    @Test
    void betweenTheClaimAndItsRow() throws Exception {
        claimed();

        endsSent();
    }

    @Test
    void betweenTheClaimsRowAndItsNameInTheWorkFolder() throws Exception {
        Path claim = claimed();
        claimRow(ID, "drop%2Fraw-data/" + claim.getFileName());

        endsSent();
    }

    /** As when a disk lost the rename, and kept the journal. */
    @Test
    void betweenTheClaimsRowAndItsRename() throws Exception {
        claimRow(ID, "drop%2Fraw-data/f0123456789abcdef." + NAME);
        home.drop(NAME, CONTENT);

        endsSent();
    }

    @Test
    void betweenTheClaimOfWhatCannotTravelAndItsReason() throws Exception {
        Files.move(claimed(), claims().resolve("F0123456789abcdef.FL-LAB_DAT_20251008_001.aaaa"));
        hq.listen();
        lab = home.start(hq.port());

        await().pollInterval(POLL).until(() -> home.files("failed").size() == 2);
        assertThat(home.files("work")).isEmpty();
        assertThat(hq.confirmed()).isEmpty();
    }

    @Test
    void betweenTheMoveOfARefusedClaimAndItsRow() throws Exception {
        claimRow();
        refused(Instant.now());

        assertThat(stateAfterAStart()).contains(OutgoingMessage.State.FAILED);
        assertThat(home.files("failed")).hasSize(2);
    }

    /** An earlier file of the same id was refused; the claim's own was never moved. */
    @Test
    void betweenTheClaimsRowAndItsRenameAfterAnEarlierRefusal() throws Exception {
        refused(Instant.now().minusSeconds(60));
        claimRow();

        assertThat(stateAfterAStart()).isEmpty();
    }

    private void refused(Instant at) throws Exception {
        startedOnce();
        Path failed = home.home().resolve("failed");
        Files.write(failed.resolve(NAME), CONTENT);
        Files.writeString(
                failed.resolve(NAME + ".reason.json"),
                "{\"file_name\":\"" + NAME + "\",\"message_id\":\"" + ID
                        + "\",\"code\":\"conflict\",\"reason\":\"sent before\",\"failed_timestamp\":\"" + at + "\"}");
    }

    private Optional<OutgoingMessage.State> stateAfterAStart() throws Exception {
        home.start(hq.port()).close();
        try (LabJournal journal = LabJournal.open(home.home().journal().resolve("lab.db"))) {
            return journal.find(ID).map(OutgoingMessage::state);
        }
    }

    @Test
    void betweenTheRenameAndTheSeal() throws Exception {
        claimRow();
        Files.createDirectories(work().getParent());
        write(work(), CONTENT);

        endsSent();
    }

    /** As many as there are workers, each of which would wait for ever for somebody who writes to one. */
    @Test
    void betweenTheRenameOfWhatBecameAPipeAndTheLookAtIt() throws Exception {
        Files.createDirectories(home.home().work());
        List<MessageId> pipes = List.of(ID, MessageId.of("FL-LAB_DAT_20251008_002"));
        for (MessageId id : pipes) {
            claimRow(id);
            Process made = new ProcessBuilder(
                            "mkfifo", home.home().work().resolve(id.value()).toString())
                    .start();
            assertThat(made.waitFor()).isZero();
        }
        hq.listen();
        lab = home.start(hq.port());
        home.drop("FL-LAB_DAT_20251008_003.csv", CONTENT);

        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_DAT_20251008_003.csv"));
        await().pollInterval(POLL).until(() -> home.files("failed").size() == 4);
        for (MessageId id : pipes) {
            assertThat(home.home().resolve("failed/" + id + ".csv.reason.json"))
                    .content()
                    .contains("bad-file", "link, device or pipe");
        }
    }

    /** Its content is too large to be sealed in memory. */
    @Test
    void betweenTheSealAndItsManifest() throws Exception {
        byte[] large = new byte[64 * 1024];
        claimRow(ID, null, new FileLook(large.length, LOOK.modified()));
        write(work(), large);
        Files.writeString(home.home().work().resolve(ID + ".age"), "of an attempt whose manifest was never recorded");

        endsSent();
    }

    @Test
    void betweenTheManifestAndItsSignature() throws Exception {
        byte[] sent = runUntilPublished();
        change("UPDATE message SET envelope = NULL");

        endsSent();
        assertThat(hq.sends().get(0).body()).isEqualTo(sent);
    }

    @Test
    void betweenTheConfirmAndTheMove() throws Exception {
        byte[] sent = runUntilPublished();

        endsSent();
        assertThat(hq.sends().get(0).body()).isEqualTo(sent);
    }

    @Test
    void betweenTheMoveAndItsRow() throws Exception {
        runUntilPublished();
        Path day = Files.createDirectories(home.home().resolve("sent/2025-10-08"));
        Files.move(work(), day.resolve(NAME));

        endsSent();
    }

    @Test
    void betweenTheNameInSentAndItsRowADayBefore() throws Exception {
        runUntilPublished();
        Path day = Files.createDirectories(home.home().resolve("sent/2025-10-08"));
        Files.createLink(day.resolve(NAME), work());

        endsSent();
        assertThat(day.resolve(NAME)).hasBinaryContent(CONTENT);
    }

    @Test
    void betweenTheSentRowAndTheEndOfItsNameInTheWorkFolder() throws Exception {
        runUntilPublished();
        Path day = Files.createDirectories(home.home().resolve("sent/2025-10-08"));
        Files.createLink(day.resolve(NAME), work());
        change("UPDATE message SET state = 'SENT', manifest = NULL, envelope = NULL");
        lab = home.start(hq.port());

        assertThat(home.files("work")).isEmpty();
        assertThat(home.sent()).containsExactly(NAME);
    }

    @Test
    void betweenTheSentRowAndTheClearing() throws Exception {
        runUntilPublished();
        Path day = Files.createDirectories(home.home().resolve("sent/2025-10-08"));
        Files.move(work(), day.resolve(NAME));
        change("UPDATE message SET state = 'SENT', manifest = NULL, envelope = NULL");
        lab = home.start(hq.port());

        assertThat(home.files("work")).isEmpty();
        assertThat(home.sent()).containsExactly(NAME);
    }

    private void endsSent() throws Exception {
        hq.silent(false);
        hq.listen();
        lab = home.start(hq.port());
        await().pollInterval(POLL)
                .until(() -> home.sent().contains(NAME)
                        && home.files("work").isEmpty()
                        && !hq.confirmed().isEmpty());
        assertThat(home.sent()).containsExactly(NAME);
        assertThat(home.files("drop")).isEmpty();
        assertThat(home.files("failed")).isEmpty();
        assertThat(hq.confirmed()).hasSize(1);
    }

    private byte[] runUntilPublished() throws Exception {
        hq.silent(true);
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> hq.sends().size() == 1);
        byte[] body = hq.sends().get(0).body();
        hq.close();
        lab.close();
        return body;
    }

    /** Writes a content with the time of its claim's look. */
    private static Path write(Path file, byte[] content) throws IOException {
        return Files.setLastModifiedTime(Files.write(file, content), FileTime.from(LOOK.modified()));
    }

    private Path work() {
        return home.home().work().resolve(ID.value());
    }

    private void claimRow() throws Exception {
        claimRow(ID);
    }

    /** A crash comes after a first start, which makes the home's stores. */
    private void startedOnce() throws SiteStartException {
        if (!Files.exists(home.home().journal().resolve("lab.db"))) {
            home.start(hq.port()).close();
        }
    }

    private Path claims() throws Exception {
        startedOnce();
        return Files.createDirectories(home.home().work().resolve(".claims/drop%2Fraw-data"));
    }

    private Path claimed() throws Exception {
        return write(claims().resolve("f0123456789abcdef." + NAME), CONTENT);
    }

    private void claimRow(MessageId id) throws Exception {
        claimRow(id, null, LOOK);
    }

    private void claimRow(MessageId id, String place) throws Exception {
        claimRow(id, place, LOOK);
    }

    private void claimRow(MessageId id, String place, FileLook look) throws Exception {
        startedOnce();
        try (LabJournal journal = LabJournal.open(home.home().journal().resolve("lab.db"))) {
            List<SiteId> recipients = List.of(SiteId.of("CA-RC"), SiteId.of("SF-RC"));
            Claim claim = new Claim(
                    "fl-lab-raw-data",
                    "drop/raw-data",
                    id + ".csv",
                    "text/csv",
                    recipients,
                    Instant.now(),
                    look,
                    TestLab.SECRET);
            OutgoingMessage claimed = journal.claim(id, claim, place).join();
            journal.move(claimed, moved -> {});
        }
    }

    private void change(String sql) throws SQLException, IOException {
        // As after a crash: what was closed in order changes no more.
        Files.deleteIfExists(home.home().journal().resolve("lab.db.sha256"));
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.home().journal().resolve("lab.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
