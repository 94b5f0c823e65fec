package io.saddlebag.lab.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.VerifiedReceipts;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import io.saddlebag.tlog.SeenLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of one frame with one outcome, against a journal in which one message was sent. */
class ReceiptStepsTest {
    private static final Provider ED25519 = CryptoProviders.choose().signature();
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final byte[] MANIFEST = {7};
    private static final ContentDigest CONTENT = ContentDigest.of("it".getBytes(StandardCharsets.UTF_8));
    private static final Sha256 HMAC = TestLab.SECRET.proof(CONTENT.sha256(), CONTENT.size());
    private static final MessageId ID = TestRecords.ID;
    private static final SiteId CENTRE = TestRecords.CENTRE;

    @TempDir
    private static Path network;

    private static SiteIdentity identity;

    @TempDir
    private Path home;

    private final LoggedLines log = LoggedLines.of(ReceiptSteps.class.getPackageName());
    private final SettableClock clock = SettableClock.still(NOW);
    private TestRecords records;
    private ReceiptedMessages messages;
    private ReceiptSteps steps;
    private Exchange exchange;

    @BeforeAll
    static void makeAnIdentity() {
        identity = TestNetwork.create(network).identity(TestLab.SITE);
    }

    @BeforeEach
    void aMessageThatWasSent() throws IOException {
        records = new TestRecords(home);
        OutgoingMessage message = records.claimed("a.csv", "it").digested(CONTENT);
        records.journal().sealed(message, null, places -> MANIFEST).join();
        records.journal().sent(message, null, NOW, null).join();
        messages = new ReceiptedMessages(records.journal());
        start(Set.of());
        exchange = records.exchange();
    }

    private void start(Set<SiteId> withoutReceipts) {
        ReceiptFiles files = new ReceiptFiles(records.folders().sent(), withoutReceipts);
        SeenLog seenLog =
                new SeenLog(home, identity.trust(), TestNetwork.HQ, false, frame -> new CompletableFuture<>());
        steps = new ReceiptSteps(identity, ED25519, messages, files, seenLog, id -> false, clock);
    }

    @AfterEach
    void close() {
        records.close();
        log.close();
    }

    private static DeliveryOutcome outcome(MessageId id, SiteId centre, byte[] receipt) {
        return new DeliveryOutcome(id, centre, DeliveryOutcome.ACKNOWLEDGED, NOW, null, null, receipt);
    }

    private static DeliveryOutcome outcome() {
        return outcome(
                ID,
                CENTRE,
                Envelope.signed(identity, DeliveryReceipt.TYPE, new byte[] {'{', '}'}, ED25519)
                        .write());
    }

    private void read(byte[] body) {
        exchange.getIn().setBody(StompFrame.of(StompCommand.MESSAGE).body(body).build());
        steps.read(exchange);
    }

    private void find(DeliveryOutcome outcome) throws IOException {
        read(Json.write(List.of(outcome)));
        exchange.getIn().setBody(exchange.getIn().getBody(List.class).get(0));
        steps.find(exchange);
    }

    private static DeliveryReceipt receipt() {
        return DeliveryReceipt.received(
                identity.trust().networkId(), ID, TestLab.SITE, CENTRE, Sha256.of(MANIFEST), HMAC, NOW, 1, 1);
    }

    private void match(byte[] receipt, SiteId signer) throws IOException {
        find(outcome());
        exchange.getIn().setBody(receipt);
        exchange.setProperty(SignatureProperties.SIGNER, signer);
        steps.match(exchange);
    }

    private void assertRefused(DeliveryReceipt receipt, SiteId signer, Code code) {
        assertThatThrownBy(() -> match(Json.write(receipt), signer))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private void fault(Exception cause) {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, cause);
        steps.reportFault(exchange);
    }

    private SentReceipts written() throws IOException {
        return Json.read(
                Files.readAllBytes(records.folders().sent().resolve(ID + SentReceipts.SUFFIX)), SentReceipts.class);
    }

    @Test
    void readsTheOutcomesOfAFrame() {
        read(Json.write(List.of(outcome(), outcome())));
        assertThat(exchange.getIn().getBody())
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(2)
                .hasOnlyElementsOfType(DeliveryOutcome.class);
    }

    @Test
    void refusesAFrameThatHoldsNoOutcomes() {
        assertThatThrownBy(() -> read("no JSON".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.MALFORMED))
                .hasMessageContaining("another version");
    }

    @Test
    void findsTheMessageAndHandsTheReceiptOn() throws IOException {
        find(outcome());

        assertThat(exchange.getIn().getBody()).isEqualTo(outcome().receipt());
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(DeliveryReceipt.TYPE);
    }

    @Test
    void refusesAnOutcomeOfAnotherMessageOrRecipient() throws IOException {
        MessageId other = MessageId.of("FL-LAB_DAT_20251008_002");
        assertThatThrownBy(() -> find(outcome(other, CENTRE, null))).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> find(outcome(ID, SiteId.of("NY-RC"), null))).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesEachReceiptThatIsNotOfTheMessageThatWasSent() throws IOException {
        SiteId other = SiteId.of("NY-RC");
        Sha256 digest = Sha256.of(new byte[] {1});
        assertRefused(receipt(), other, Code.WRONG_SENDER);
        assertRefused(
                DeliveryReceipt.received(
                        identity.trust().networkId(), ID, TestLab.SITE, other, Sha256.of(MANIFEST), HMAC, NOW, 1, 1),
                CENTRE,
                Code.WRONG_SENDER);
        assertRefused(
                DeliveryReceipt.received(digest, ID, TestLab.SITE, CENTRE, Sha256.of(MANIFEST), HMAC, NOW, 1, 1),
                CENTRE,
                Code.BAD_SIGNATURE);
        assertRefused(
                DeliveryReceipt.received(
                        identity.trust().networkId(),
                        MessageId.of("FL-LAB_DAT_20251008_002"),
                        TestLab.SITE,
                        CENTRE,
                        Sha256.of(MANIFEST),
                        HMAC,
                        NOW,
                        1,
                        1),
                CENTRE,
                Code.BAD_SIGNATURE);
        assertRefused(
                DeliveryReceipt.received(
                        identity.trust().networkId(), ID, other, CENTRE, Sha256.of(MANIFEST), HMAC, NOW, 1, 1),
                CENTRE,
                Code.BAD_SIGNATURE);
        assertRefused(
                DeliveryReceipt.received(
                        identity.trust().networkId(), ID, TestLab.SITE, CENTRE, digest, HMAC, NOW, 1, 1),
                CENTRE,
                Code.BAD_DIGEST);
        assertRefused(
                DeliveryReceipt.received(
                        identity.trust().networkId(),
                        ID,
                        TestLab.SITE,
                        CENTRE,
                        Sha256.of(MANIFEST),
                        TestLab.SECRET.proof(digest, CONTENT.size()),
                        NOW,
                        1,
                        1),
                CENTRE,
                Code.BAD_DIGEST);
        assertRefused(
                DeliveryReceipt.received(
                        identity.trust().networkId(),
                        ID,
                        TestLab.SITE,
                        CENTRE,
                        Sha256.of(MANIFEST),
                        TestLab.SECRET.proof(CONTENT.sha256(), 99),
                        NOW,
                        1,
                        1),
                CENTRE,
                Code.BAD_DIGEST);
        assertThatThrownBy(() -> match("{}".getBytes(StandardCharsets.UTF_8), CENTRE))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.MALFORMED));
    }

    @Test
    void writesAVerifiedReceiptAndAsksForItNoMore() throws Exception {
        assertThat(messages.lacking(0, 10)).hasSize(1);
        match(Json.write(receipt()), CENTRE);
        steps.collect(exchange);
        steps.file(exchange);

        assertThat(written().isComplete()).isTrue();
        assertThat(written().recipients().get(0).receivedTimestamp()).isEqualTo(NOW);
        assertThat(messages.lacking(0, 10)).isEmpty();
        assertThat(log.at(Level.INFO)).singleElement().asString().contains("signed receipt kept");
    }

    @Test
    void signsWhenItFoundThatAReceiptHolds() throws Exception {
        byte[] receipt = Json.write(receipt());
        byte[] envelope = Envelope.signed(identity, DeliveryReceipt.TYPE, receipt, ED25519)
                .write();
        find(outcome(ID, CENTRE, envelope));
        exchange.getIn().setBody(receipt);
        exchange.setProperty(SignatureProperties.SIGNER, CENTRE);
        steps.match(exchange);
        steps.collect(exchange);
        steps.file(exchange);

        EnvelopeVerifier.Verified word = new EnvelopeVerifier(identity.trust())
                .verify(Json.write(written().verified()), VerifiedReceipts.TYPE);
        assertThat(word.signer()).isEqualTo(TestLab.SITE);
        VerifiedReceipts said = Json.read(word.payload(), VerifiedReceipts.class);
        assertThat(said.messageId()).isEqualTo(ID);
        assertThat(said.networkId()).isEqualTo(identity.trust().networkId());
        assertThat(said.verified(CENTRE, Sha256.of(receipt))).contains(NOW);
        assertThat(said.verified(CENTRE, Sha256.of(new byte[0]))).isEmpty();
    }

    @Test
    void changesNothingForTheSameOutcomeAgain() throws Exception {
        for (int i = 0; i < 2; i++) {
            match(Json.write(receipt()), CENTRE);
            steps.collect(exchange);
            steps.file(exchange);
        }

        assertThat(log.from(Level.INFO)).hasSize(1);
    }

    @Test
    void writesAFileAnewThatCannotBeRead() throws Exception {
        Files.writeString(records.folders().sent().resolve(ID + SentReceipts.SUFFIX), "spoiled");
        match(Json.write(receipt()), CENTRE);
        steps.collect(exchange);
        steps.file(exchange);

        assertThat(written().isComplete()).isTrue();
        assertThat(log.at(Level.WARN)).singleElement().asString().contains("written anew");
    }

    private void refused(byte[] detail) throws Exception {
        find(new DeliveryOutcome(ID, CENTRE, DeliveryOutcome.DEAD_LETTERED, NOW, "bad-name", detail, null));
        steps.collect(exchange);
        steps.file(exchange);
    }

    private void acknowledgedWithoutAReceipt() throws Exception {
        find(outcome(ID, CENTRE, null));
        steps.collect(exchange);
        steps.file(exchange);
    }

    @Test
    void anAcknowledgementWithoutAReceiptIsHeadquartersWordAndIsAskedForAgain() throws Exception {
        acknowledgedWithoutAReceipt();

        assertThat(written().recipients().get(0)).satisfies(recipient -> {
            assertThat(recipient.state()).isEqualTo("headquarters' word");
            assertThat(recipient.toldTimestamp()).isEqualTo(NOW);
            assertThat(recipient.isFinal()).isFalse();
        });
        assertThat(messages.lacking(0, 10)).hasSize(1);
        assertThat(messages.unproved(NOW.plusSeconds(1)).first()).isEqualTo(ID);
        assertThat(messages.unproved(NOW).count()).isZero();

        clock.advance(Duration.ofHours(1));
        acknowledgedWithoutAReceipt();
        assertThat(written().recipients().get(0).toldTimestamp())
                .as("the first time")
                .isEqualTo(NOW);

        match(Json.write(receipt()), CENTRE);
        steps.collect(exchange);
        steps.file(exchange);
        assertThat(written().isComplete()).isTrue();
        assertThat(messages.lacking(0, 10)).isEmpty();
        assertThat(messages.unproved(NOW.plus(Duration.ofDays(999))).count()).isZero();
    }

    @Test
    void anAcknowledgementWithAReceiptThatDoesNotHoldIsHeadquartersWordToo() throws Exception {
        find(outcome());
        fault(new Refusal(Code.BAD_SIGNATURE, "not the centre's"));
        steps.file(exchange);

        assertThat(written().recipients().get(0).state()).isEqualTo(SentReceipts.WORD);
        assertThat(messages.unproved(NOW.plusSeconds(1)).count()).isEqualTo(1);
    }

    @Test
    void headquartersWordIsAllThatARecipientGetsThatSignsNoReceipts() throws Exception {
        start(Set.of(CENTRE));
        acknowledgedWithoutAReceipt();

        assertThat(written().recipients().get(0)).satisfies(recipient -> {
            assertThat(recipient.state()).isEqualTo(SentReceipts.WORD);
            assertThat(recipient.receipts()).isEqualTo("none");
        });
        assertThat(written().isComplete()).isTrue();
        assertThat(messages.lacking(0, 10)).isEmpty();
        assertThat(messages.unproved(NOW.plus(Duration.ofDays(999))).count()).isZero();
    }

    @Test
    void notesThatHeadquartersDoesNotHaveWhatItConfirmed() throws Exception {
        for (int i = 0; i < 2; i++) {
            read(Json.write(List.of(DeliveryOutcome.unknown(ID), DeliveryOutcome.unknown(MessageId.of(ID + "_r2")))));
            List<?> outcomes = exchange.getIn().getBody(List.class);
            assertThat(outcomes).hasSize(1);
            exchange.getIn().setBody(outcomes.get(0));
            steps.find(exchange);
            steps.collect(exchange);
            steps.file(exchange);
        }

        assertThat(written().recipients().get(0).state()).isEqualTo(DeliveryOutcome.UNKNOWN);
        assertThat(messages.lacking(0, 10)).as("it is asked for again").hasSize(1);
    }

    @Test
    void decryptsTheDetailOfARefusal() throws Exception {
        refused(TestLab.SECRET.sealDetail(ID, CENTRE, "Expected another name", new SecureRandom()));

        assertThat(written().recipients().get(0)).satisfies(recipient -> {
            assertThat(recipient.reason()).isEqualTo("bad-name");
            assertThat(recipient.detail()).isEqualTo("Expected another name");
        });
        assertThat(log.at(Level.WARN)).singleElement().asString().endsWith("bad-name: Expected another name");
    }

    @Test
    void saysThatADetailIsNotTheRecipients() throws Exception {
        refused(new byte[ReceiptSecret.SEALED_DETAIL]);

        assertThat(written().recipients().get(0).detail()).contains("found other bytes");
    }

    @Test
    void keepsWhatProvesTheReceiptsForItsGroupAlone() throws Exception {
        match(Json.write(receipt()), CENTRE);
        steps.collect(exchange);
        steps.file(exchange);

        assertThat(written().receiptSecret()).isEqualTo(TestLab.SECRET);
        Path file = records.folders().sent().resolve(ID + SentReceipts.SUFFIX);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void keepsAReceiptThatDoesNotHoldWithTheFault() throws Exception {
        find(outcome());
        fault(new Refusal(Code.BAD_SIGNATURE, "not the centre's"));
        steps.file(exchange);

        assertThat(written().recipients().get(0).fault()).contains("not the centre's");
        assertThat(messages.lacking(0, 10)).hasSize(1);
        assertThat(log.at(Level.ERROR)).singleElement().asString().contains("does not hold");
    }

    @Test
    void saysOnceThatTheJournalDoesNotKnowMessages() throws IOException {
        for (int number = 2; number < 5; number++) {
            MessageId other = MessageId.of("FL-LAB_DAT_20251008_00" + number);
            assertThatThrownBy(() -> find(outcome(other, CENTRE, null)))
                    .isInstanceOfSatisfying(Refusal.class, this::fault);
        }

        assertThat(log.from(Level.INFO)).singleElement().asString().contains("journal does not know");
    }

    @Test
    void warnsOfAnOutcomeOfAnotherRecipientAndOfAFrameThatCannotBeRead() throws IOException {
        assertThatThrownBy(() -> find(outcome(ID, SiteId.of("NY-RC"), null)))
                .isInstanceOfSatisfying(Refusal.class, this::fault);
        exchange = records.exchange();
        fault(new Refusal(Code.MALFORMED, "no JSON"));

        assertThat(log.at(Level.WARN)).hasSize(2);
        assertThat(log.at(Level.WARN).get(1)).startsWith("a frame: ");
    }

    @Test
    void leavesAReceiptThatCannotBeJudgedNowForLater() throws Exception {
        find(outcome());
        fault(new Refusal(Code.CLOCK_DOUBTFUL, "the clock is off"));
        steps.file(exchange);

        assertThat(records.folders().sent()).isEmptyDirectory();
        assertThat(log.at(Level.WARN)).singleElement().asString().contains("asked for later");
    }

    @Test
    void logsTroubleAsAnErrorAndAFullQueueNotAtAll() throws IOException {
        fault(new IOException("the disk is full"));
        fault(new RejectedExecutionException("full"));

        assertThat(log.from(Level.INFO)).singleElement().asString().contains("the disk is full");
    }
}
