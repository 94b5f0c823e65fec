package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Sha256;
import io.saddlebag.rc.records.Placement;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a crash behind any step of a delivery, the message gets into the outbox once. */
class CrashTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String PAYLOAD = ID + ".csv";
    private static final String FACTS = ID + ".message.json";
    private static final String STAGED = "." + FACTS + ".part";
    private static final byte[] CONTENT = "sample,value\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private Centre centre;
    private Letters.Letter letter;
    private byte[] facts;

    /** Delivered once, so that what each step writes is at hand; then every trace is taken back but what a test keeps. */
    @BeforeEach
    void deliverOnceAndForget() throws Exception {
        centre = new Centre(folder);
        letter = centre.letters.letter(ID, PAYLOAD, CONTENT);
        centre.start();
        centre.deliver(letter);
        centre.stop();
        facts = Files.readAllBytes(centre.outbox(FACTS));
        Files.delete(centre.outbox(FACTS));
        Files.delete(centre.outbox(PAYLOAD));
        change("DELETE FROM delivery");
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void whileItWasOpened() throws Exception {
        Files.write(centre.home.work().resolve("arrival-1.opened"), new byte[] {1});

        isWritten();
    }

    @Test
    void betweenThePayloadAndTheStagedFile() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);

        isWritten();
    }

    @Test
    void whileTheStagedFileWasWritten() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);
        Files.write(centre.outbox(".0b9f9e1e.part"), new byte[] {'{'});

        assertThat(deliver().command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(FACTS)).exists();
    }

    @Test
    void betweenTheStagedFileAndItsAnnouncement() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);
        Files.write(centre.outbox(STAGED), facts);

        isWritten();
    }

    @Test
    void betweenTheAnnouncementAndTheName() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);
        Files.write(centre.outbox(STAGED), facts);
        announce();

        isWritten();
    }

    @Test
    void betweenTheTwoStepsOfGivingTheName() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);
        Files.write(centre.outbox(STAGED), facts);
        Files.createLink(centre.outbox(FACTS), centre.outbox(STAGED));
        announce();

        isAcknowledgedAsItStands();
    }

    @Test
    void betweenTheNameAndTheJournal() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);
        Files.write(centre.outbox(FACTS), facts);
        announce();

        isAcknowledgedAsItStands();
    }

    @Test
    void betweenTheNameAndTheJournalAndThenThePayloadWasTaken() throws Exception {
        Files.write(centre.outbox(FACTS), facts);
        announce();

        assertThat(deliver().command()).isEqualTo(StompCommand.ACK);
        assertThat(outbox()).containsExactly(FACTS);
    }

    @Test
    void betweenTheNameAndTheJournalAndThenBothWereTaken() throws Exception {
        announce();

        assertThat(deliver().command()).isEqualTo(StompCommand.ACK);
        assertThat(outbox()).isEmpty();
        assertThat(deliverAgain().command()).isEqualTo(StompCommand.ACK);
        assertThat(outbox()).isEmpty();
    }

    @Test
    void writesRatherTwiceThanNeverWhenOnlyThePayloadIsLeft() throws Exception {
        Files.write(centre.outbox(PAYLOAD), CONTENT);
        announce();

        isWritten();
    }

    @Test
    void writesRatherTwiceThanNeverWhenSomebodyTookThePayloadTooEarly() throws Exception {
        Files.write(centre.outbox(STAGED), facts);
        announce();

        isWritten();
    }

    @Test
    void refusesAnotherManifestUnderTheNameOfWhatWasTaken() throws Exception {
        announce();
        Letters.Letter other = centre.letters.letter(ID, PAYLOAD, new byte[] {1});
        centre.start();

        assertThat(centre.deliver(other).command()).isEqualTo(StompCommand.NACK);
        assertThat(deliverAgain().command()).isEqualTo(StompCommand.ACK);
        assertThat(outbox()).isEmpty();
    }

    private void isWritten() throws Exception {
        assertThat(deliver().command()).isEqualTo(StompCommand.ACK);
        assertThat(outbox()).containsExactly(PAYLOAD, FACTS);
        assertThat(centre.outbox(PAYLOAD)).hasBinaryContent(CONTENT);
        assertThat(centre.filesInWork()).isEmpty();
        deliverAgain();
        assertThat(outbox()).containsExactly(PAYLOAD, FACTS);
    }

    private void isAcknowledgedAsItStands() throws Exception {
        assertThat(deliver().command()).isEqualTo(StompCommand.ACK);
        assertThat(outbox()).containsExactly(PAYLOAD, FACTS);
        assertThat(centre.outbox(FACTS)).hasBinaryContent(facts);
    }

    private StompFrame deliver() throws Exception {
        centre.start();
        return deliverAgain();
    }

    private StompFrame deliverAgain() {
        return centre.deliver(letter);
    }

    /** All there is for the sender, hidden or not. */
    private List<String> outbox() throws Exception {
        try (Stream<Path> files = Files.list(centre.outbox(""))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void announce() throws Exception {
        try (RcJournal journal = RcJournal.open(journal())) {
            journal.announce(List.of(new Placement(
                    letter.messageId().sender(),
                    letter.messageId(),
                    letter.manifestSha256(),
                    Sha256.of(CONTENT),
                    CONTENT.length,
                    Letters.SECRET.proof(Sha256.of(CONTENT), CONTENT.length),
                    PAYLOAD,
                    Instant.parse("2025-10-08T10:00:00Z"))));
        }
    }

    private Path journal() {
        return centre.home.journal().resolve("rc.db");
    }

    private void change(String sql) throws Exception {
        // As after a crash: what was closed in order changes no more.
        Files.deleteIfExists(journal().resolveSibling("rc.db.sha256"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
