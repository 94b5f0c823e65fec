package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.clock.SteadyClock;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.journal.JournalStatements;
import io.saddlebag.lab.receipts.ReceiptSteps;
import io.saddlebag.lab.receipts.ReportOvertaken;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivery receipts in a whole laboratory, over TLS, signed by real identities. */
class ReceiptsTest extends LabFixture {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final byte[] CONTENT = "sample,result\n1,positive\n".getBytes(StandardCharsets.UTF_8);
    private static final Instant RECEIVED = Instant.parse("2025-10-08T09:00:03Z");
    private static final Instant ENDED = Instant.parse("2025-10-08T09:00:04Z");

    private static final Map<String, String> SETTINGS =
            Map.of("receipts.ask-interval", "200ms", "receipts.overtaken-after", "0s");

    private Sha256 manifest;
    private ReceiptSecret secret;

    private final SettableClock wall = new SettableClock(Clock.systemUTC());

    @BeforeEach
    void sendOne() throws Exception {
        hq.listen();
        start();
        home.drop(ID + ".csv", CONTENT);
        soon("sent").until(() -> home.sent().contains(ID + ".csv"));
        Manifest sent = hq.confirmed().get(0).manifest();
        assertThat(sent.messageId()).isEqualTo(ID);
        secret = ReceiptSecret.of(inJournal("receipt_secret", row -> row.getBytes(1)));
        manifest = Sha256.of(Envelope.parse(hq.confirmed().get(0).envelope()).payload());
    }

    private void start() throws Exception {
        lab = home.start(hq.port(), SETTINGS, new SiteClocks(wall, new SteadyClock()));
    }

    private static ConditionFactory soon(String what) {
        return await(what).pollInterval(Duration.ofMillis(10));
    }

    private byte[] receipt(String receiver, String signer, Sha256 content) {
        return receipt(receiver, signer, content, 1);
    }

    private byte[] receipt(String receiver, String signer, Sha256 content, long highestSeq) {
        return TestHeadquarters.sign(
                network.identity(signer),
                DeliveryReceipt.TYPE,
                Json.write(DeliveryReceipt.received(
                        network.identity(receiver).trust().networkId(),
                        ID,
                        TestLab.SITE,
                        SiteId.of(receiver),
                        manifest,
                        secret.proof(content, CONTENT.length),
                        RECEIVED,
                        highestSeq,
                        1)));
    }

    private byte[] receipt(String receiver) {
        return receipt(receiver, receiver, Sha256.of(CONTENT));
    }

    private static DeliveryOutcome acknowledged(String receiver, byte[] receipt) {
        return new DeliveryOutcome(ID, SiteId.of(receiver), DeliveryOutcome.ACKNOWLEDGED, ENDED, null, null, receipt);
    }

    private Path file() {
        return home.home().resolve("sent/" + ID + ".receipts.json");
    }

    private JsonNode awaitRecipient(int place, Predicate<JsonNode> condition) {
        soon("word of recipient " + place).until(() -> {
            JsonNode recipient = read().path("recipients").path(place);
            return condition.test(recipient);
        });
        return read().path("recipients").path(place);
    }

    private JsonNode read() {
        try {
            return Files.exists(file())
                    ? Json.read(Files.readAllBytes(file()), JsonNode.class)
                    : Json.mapperForRoutes().createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Predicate<JsonNode> is(String state) {
        return recipient -> recipient.path("state").asText().equals(state);
    }

    @Test
    void writesOneEntryARecipientAsTheReceiptsComeAndAsksUntilAllAreThere() throws Exception {
        byte[] first = receipt("CA-RC");
        hq.tell(acknowledged("CA-RC", first));

        JsonNode entry = awaitRecipient(0, is("acknowledged"));
        assertThat(entry.path("receiver_client_id").asText()).isEqualTo("CA-RC");
        assertThat(entry.path("received_timestamp").asText()).isEqualTo(RECEIVED.toString());
        assertThat(entry.path("receipt")).isEqualTo(Json.read(first, JsonNode.class));
        assertThat(read().path("recipients").path(1).path("state").asText()).isEqualTo("waiting");
        assertThat(read().path("sha256").asText()).isEqualTo(Sha256.of(CONTENT).hex());
        assertThat(read().path("file_name").asText()).isEqualTo(ID + ".csv");
        assertThat(read().path("manifest_sha256").asText()).isEqualTo(manifest.hex());
        assertThat(Files.readString(file())).as("for people").contains("\n");

        hq.ended(acknowledged("SF-RC", receipt("SF-RC")));
        awaitRecipient(1, is("acknowledged"));
        soon("completeness in the journal").until(this::isReceipted);
        int asked = hq.questions().size();
        await("no more questions")
                .during(Duration.ofMillis(500))
                .until(() -> hq.questions().size() <= asked + 1);
    }

    @Test
    void tellsOfAMessageThatItsRecipientHasNotThoughItHasLaterOnes() throws Exception {
        MessageId other = MessageId.of("FL-LAB_DAT_20251008_002");
        home.drop(other + ".csv", CONTENT);
        soon("sent").until(() -> home.sent().contains(other + ".csv"));
        try (LoggedLines log = LoggedLines.of(ReportOvertaken.class)) {
            hq.ended(acknowledged("CA-RC", receipt("CA-RC", "CA-RC", Sha256.of(CONTENT), 2)));
            Path receipts = home.home().resolve("sent/" + other + ".receipts.json");
            soon("a mark").until(() -> Files.exists(receipts));

            JsonNode recipients =
                    Json.read(Files.readAllBytes(receipts), JsonNode.class).path("recipients");
            assertThat(recipients.path(0).has("overtaken_timestamp")).isTrue();
            assertThat(recipients.path(0).path("state").asText()).isEqualTo("waiting");
            assertThat(recipients.path(1).has("overtaken_timestamp")).isFalse();
            soon("a warning").until(() -> !log.at(Level.WARN).isEmpty());
            assertThat(log.at(Level.WARN)).singleElement().asString().contains("1 messages", other + " for CA-RC");
        }
    }

    private byte[] verdict(String signer, String kind, String reason) {
        SiteId centre = SiteId.of("CA-RC");
        return TestHeadquarters.sign(
                network.identity(signer),
                Verdict.TYPE,
                Json.write(new Verdict(
                        kind,
                        network.identity("CA-RC").trust().networkId(),
                        ID,
                        TestLab.SITE,
                        centre,
                        manifest,
                        secret.proof(Sha256.of(CONTENT), CONTENT.length),
                        RECEIVED,
                        "bad-columns",
                        secret.sealReason(ID, centre, reason, new SecureRandom()))));
    }

    private static Sha256 digest(byte[] envelope) {
        return Sha256.of(Envelope.parse(envelope).payload());
    }

    @Test
    void keepsTheFirstVerdictThatHoldsAndConfirmsEach() throws Exception {
        DeliveryOutcome outcome = acknowledged("CA-RC", receipt("CA-RC"));
        byte[] forged = verdict("SF-RC", "accepted", "well");
        hq.tell(outcome.judged(forged));
        JsonNode fault = awaitRecipient(0, entry -> entry.path("verdict").has("fault"));
        assertThat(fault.path("state").asText()).isEqualTo("acknowledged");
        assertThat(fault.path("verdict").path("fault").asText()).contains("signer CA-RC, found SF-RC");

        byte[] rejected = verdict("CA-RC", "rejected", "column 3 is empty");
        try (LoggedLines log = LoggedLines.of(ReceiptSteps.class.getPackageName())) {
            hq.tell(outcome.judged(rejected));
            JsonNode verdict = awaitRecipient(0, entry -> entry.path("verdict").has("kind"))
                    .path("verdict");
            assertThat(verdict.path("kind").asText()).isEqualTo("rejected");
            assertThat(verdict.path("code").asText()).isEqualTo("bad-columns");
            assertThat(verdict.path("reason").asText()).isEqualTo("column 3 is empty");
            assertThat(verdict.path("envelope")).isEqualTo(Json.read(rejected, JsonNode.class));
            soon("a warning").until(() -> !log.at(Level.WARN).isEmpty());
            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains(ID + ": rejected by CA-RC: bad-columns: column 3 is empty");
        }
        byte[] second = verdict("CA-RC", "accepted", "after all");
        hq.tell(outcome.judged(second));

        soon("confirms")
                .until(() -> hq.verdictsTaken().containsAll(List.of(digest(forged), digest(rejected), digest(second))));
        assertThat(read().path("recipients")
                        .path(0)
                        .path("verdict")
                        .path("kind")
                        .asText())
                .isEqualTo("rejected");
    }

    private boolean isReceipted() throws Exception {
        return inJournal("is_receipted", row -> row.getBoolean(1));
    }

    private <T> T inJournal(String column, JournalStatements.Row<T> value) throws Exception {
        try (Connection journal = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.home().journal().resolve("lab.db"));
                Statement select = journal.createStatement();
                ResultSet row = select.executeQuery("SELECT " + column + " FROM message")) {
            return value.read(row);
        }
    }

    @Test
    void asksForWhatItMissedWhileItWasAway() throws Exception {
        lab.close();
        hq.ended(acknowledged("CA-RC", receipt("CA-RC")));
        hq.ended(acknowledged("SF-RC", null));
        start();

        awaitRecipient(0, is("acknowledged"));
        JsonNode unsigned = awaitRecipient(1, is("headquarters' word"));
        assertThat(unsigned.has("receipt")).isFalse();
    }

    @Test
    void aReceiptWhoseSignerHasEndedByASteppedClockAloneIsAskedForUntilItIsBack() throws Exception {
        wall.advance(Duration.ofDays(1000));
        hq.ended(acknowledged("CA-RC", receipt("CA-RC")));
        hq.ended(new DeliveryOutcome(
                ID, SiteId.of("SF-RC"), DeliveryOutcome.DEAD_LETTERED, ENDED, "bad-seal", null, null));
        awaitRecipient(1, is("dead-lettered"));
        assertThat(read().path("recipients").path(0).has("fault")).isFalse();

        wall.advance(Duration.ofDays(-1000));
        awaitRecipient(0, is("acknowledged"));
    }

    @Test
    void tellsOfADeadLetterAndTakesTheReceiptThatComesAfterAll() {
        hq.tell(new DeliveryOutcome(
                ID, SiteId.of("CA-RC"), DeliveryOutcome.DEAD_LETTERED, ENDED, "bad-seal", null, null));

        assertThat(awaitRecipient(0, is("dead-lettered")).path("reason").asText())
                .isEqualTo("bad-seal");
        hq.ended(acknowledged("CA-RC", receipt("CA-RC")));
        assertThat(awaitRecipient(0, is("acknowledged")).has("reason")).isFalse();
    }

    @Test
    void takesWhatAnOperatorOfHeadquartersDiscardedForFinalUntilAReceiptProvesTheOpposite() throws Exception {
        hq.ended(acknowledged("SF-RC", receipt("SF-RC")));
        DeliveryOutcome discarded = new DeliveryOutcome(
                ID, SiteId.of("CA-RC"), DeliveryOutcome.DISCARDED, ENDED, "wrong recipients", null, null);
        hq.ended(discarded);
        assertThat(awaitRecipient(0, is("discarded")).path("reason").asText()).isEqualTo("wrong recipients");
        soon("completeness in the journal").until(this::isReceipted);

        hq.tell(acknowledged("CA-RC", null));
        hq.tell(acknowledged("CA-RC", receipt("CA-RC")));
        assertThat(awaitRecipient(0, is("acknowledged")).has("receipt")).isTrue();
    }

    @Test
    void keepsAReceiptThatDoesNotHoldBesideItsFaultAndTakesABetterOne() throws Exception {
        for (byte[] wrong : List.of(
                receipt("CA-RC", "SF-RC", Sha256.of(CONTENT)),
                receipt("CA-RC", "CA-RC", Sha256.of(new byte[0])),
                receipt("SF-RC", "CA-RC", Sha256.of(CONTENT)),
                altered(receipt("CA-RC")))) {
            Files.deleteIfExists(file());
            hq.tell(acknowledged("CA-RC", wrong));
            JsonNode entry = awaitRecipient(0, recipient -> recipient.has("fault"));
            assertThat(entry.path("fault").asText())
                    .matches("(wrong-sender|bad-digest|bad-signature): Expected .*, found .*");
            assertThat(entry.has("received_timestamp")).isFalse();
        }
        hq.ended(acknowledged("CA-RC", receipt("CA-RC")));
        awaitRecipient(0, recipient -> is("acknowledged").test(recipient) && !recipient.has("fault"));
    }

    private static byte[] altered(byte[] envelope) {
        return new String(envelope, StandardCharsets.UTF_8)
                .replaceFirst("\"payload\":\"eyJ", "\"payload\":\"eyI")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void takesNoWordOfWhatItNeverSentAndGoesOn() {
        MessageId other = MessageId.of("FL-LAB_DAT_20251008_999");
        hq.tell(new DeliveryOutcome(other, SiteId.of("CA-RC"), DeliveryOutcome.ACKNOWLEDGED, ENDED, null, null, null));
        hq.tell(new DeliveryOutcome(ID, SiteId.of("NY-RC"), DeliveryOutcome.ACKNOWLEDGED, ENDED, null, null, null));
        hq.tell(acknowledged("CA-RC", receipt("CA-RC")));

        awaitRecipient(0, is("acknowledged"));
        assertThat(read().path("recipients")).hasSize(2);
        assertThat(home.files("sent")).noneMatch(name -> name.startsWith(other.value()));
    }

    @Test
    void saysOnceThatItWasToldOfMessagesWhichARestoredJournalDoesNotKnow() {
        try (LoggedLines log = LoggedLines.of(ReceiptSteps.class)) {
            for (int number = 990; number < 999; number++) {
                MessageId other = MessageId.of("FL-LAB_DAT_20251008_" + number);
                hq.tell(new DeliveryOutcome(
                        other, SiteId.of("CA-RC"), DeliveryOutcome.ACKNOWLEDGED, ENDED, null, null, receipt("CA-RC")));
            }
            hq.tell(acknowledged("CA-RC", receipt("CA-RC")));
            awaitRecipient(0, is("acknowledged"));

            assertThat(log.at(Level.WARN)).isEmpty();
            assertThat(log.at(Level.INFO))
                    .filteredOn(line -> line.contains("journal does not know"))
                    .singleElement()
                    .asString()
                    .contains("FL-LAB_DAT_20251008_990", "restored back-up");
        }
    }

    @Test
    void holdsUpNothingElseWithMoreReceiptsThanCanBeWritten() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file().toString()).start().waitFor())
                .isZero();
        hq.ended(acknowledged("SF-RC", receipt("SF-RC")));
        hq.ended(acknowledged("CA-RC", receipt("CA-RC")));
        // The first waits at the pipe; the others are more than may wait for it.
        for (int i = 0; i < 100; i++) {
            hq.tell(acknowledged(i < 80 ? "SF-RC" : "CA-RC", receipt(i < 80 ? "SF-RC" : "CA-RC")));
        }
        String next = "FL-LAB_DAT_20251008_002.csv";
        home.drop(next, CONTENT);
        try {
            soon("the link at work").until(() -> home.sent().contains(next));
        } finally {
            Files.newOutputStream(file()).close();
        }
        // Not before: whoever reads the pipe once more waits for ever.
        soon("a file in the pipe's place").until(() -> Files.isRegularFile(file()));

        awaitRecipient(0, is("acknowledged"));
        awaitRecipient(1, is("acknowledged"));
        soon("completeness in the journal").until(this::isReceipted);
    }

    @Test
    void writesAnewAFileThatSomebodySpoiled() throws Exception {
        Files.writeString(file(), "{}");
        hq.tell(acknowledged("CA-RC", receipt("CA-RC")));

        awaitRecipient(0, is("acknowledged"));
    }
}
