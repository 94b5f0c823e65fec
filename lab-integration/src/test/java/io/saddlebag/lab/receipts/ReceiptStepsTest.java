package io.saddlebag.lab.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of one frame with one outcome, against a journal in which one message was sent. */
class ReceiptStepsTest {
    private static final Sha256 NETWORK = Sha256.of(new byte[0]);
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final byte[] MANIFEST = {7};
    private static final ContentDigest CONTENT = ContentDigest.of("it".getBytes(StandardCharsets.UTF_8));
    private static final MessageId ID = TestRecords.ID;
    private static final SiteId CENTRE = TestRecords.CENTRE;

    @TempDir
    private Path home;

    private final LoggedLines log = LoggedLines.of(ReceiptSteps.class);
    private TestRecords records;
    private ReceiptedMessages messages;
    private ReceiptSteps steps;
    private Exchange exchange;

    @BeforeEach
    void aMessageThatWasSent() throws IOException {
        records = new TestRecords(home);
        OutgoingMessage message = records.claimed("a.csv", "it").digested(CONTENT);
        records.journal().sealed(message, null, places -> MANIFEST).join();
        records.journal().sent(message, null, NOW, null).join();
        messages = new ReceiptedMessages(records.journal());
        steps = new ReceiptSteps(
                TestLab.SITE, NETWORK, messages, records.folders().sent());
        exchange = records.exchange();
    }

    @AfterEach
    void close() {
        records.close();
        log.close();
    }

    private static DeliveryOutcome outcome(MessageId id, SiteId centre, byte[] receipt) {
        return new DeliveryOutcome(id, centre, DeliveryOutcome.ACKNOWLEDGED, NOW, null, receipt);
    }

    private static DeliveryOutcome outcome() {
        return outcome(ID, CENTRE, "{\"payload\": 1}".getBytes(StandardCharsets.UTF_8));
    }

    private void read(byte[] body) {
        exchange.getIn().setBody(StompFrame.of(StompCommand.MESSAGE).body(body).build());
        steps.read(exchange);
    }

    private void find(DeliveryOutcome outcome) {
        read(Json.write(List.of(outcome)));
        exchange.getIn().setBody(exchange.getIn().getBody(List.class).get(0));
        steps.find(exchange);
    }

    private static DeliveryReceipt receipt() {
        return new DeliveryReceipt(
                NETWORK, ID, TestLab.SITE, CENTRE, Sha256.of(MANIFEST), CONTENT.sha256(), CONTENT.size(), NOW);
    }

    private void match(byte[] receipt, SiteId signer) {
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
    void findsTheMessageAndHandsTheReceiptOn() {
        find(outcome());

        assertThat(exchange.getIn().getBody()).isEqualTo(outcome().receipt());
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(DeliveryReceipt.TYPE);
    }

    @Test
    void refusesAnOutcomeOfAnotherMessageOrRecipient() {
        MessageId other = MessageId.of("FL-LAB_DAT_20251008_002");
        assertThatThrownBy(() -> find(outcome(other, CENTRE, null))).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> find(outcome(ID, SiteId.of("NY-RC"), null))).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesEachReceiptThatIsNotOfTheMessageThatWasSent() {
        SiteId other = SiteId.of("NY-RC");
        Sha256 digest = Sha256.of(new byte[] {1});
        assertRefused(receipt(), other, Code.WRONG_SENDER);
        assertRefused(
                new DeliveryReceipt(
                        NETWORK, ID, TestLab.SITE, other, Sha256.of(MANIFEST), CONTENT.sha256(), CONTENT.size(), NOW),
                CENTRE,
                Code.WRONG_SENDER);
        assertRefused(
                new DeliveryReceipt(
                        digest, ID, TestLab.SITE, CENTRE, Sha256.of(MANIFEST), CONTENT.sha256(), CONTENT.size(), NOW),
                CENTRE,
                Code.BAD_SIGNATURE);
        assertRefused(
                new DeliveryReceipt(
                        NETWORK,
                        MessageId.of("FL-LAB_DAT_20251008_002"),
                        TestLab.SITE,
                        CENTRE,
                        Sha256.of(MANIFEST),
                        CONTENT.sha256(),
                        CONTENT.size(),
                        NOW),
                CENTRE,
                Code.BAD_SIGNATURE);
        assertRefused(
                new DeliveryReceipt(
                        NETWORK, ID, other, CENTRE, Sha256.of(MANIFEST), CONTENT.sha256(), CONTENT.size(), NOW),
                CENTRE,
                Code.BAD_SIGNATURE);
        assertRefused(
                new DeliveryReceipt(NETWORK, ID, TestLab.SITE, CENTRE, digest, CONTENT.sha256(), CONTENT.size(), NOW),
                CENTRE,
                Code.BAD_DIGEST);
        assertRefused(
                new DeliveryReceipt(
                        NETWORK, ID, TestLab.SITE, CENTRE, Sha256.of(MANIFEST), digest, CONTENT.size(), NOW),
                CENTRE,
                Code.BAD_DIGEST);
        assertRefused(
                new DeliveryReceipt(NETWORK, ID, TestLab.SITE, CENTRE, Sha256.of(MANIFEST), CONTENT.sha256(), 99, NOW),
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
    void saysOnceThatTheJournalDoesNotKnowMessages() {
        for (int number = 2; number < 5; number++) {
            MessageId other = MessageId.of("FL-LAB_DAT_20251008_00" + number);
            assertThatThrownBy(() -> find(outcome(other, CENTRE, null)))
                    .isInstanceOfSatisfying(Refusal.class, this::fault);
        }

        assertThat(log.from(Level.INFO)).singleElement().asString().contains("journal does not know");
    }

    @Test
    void warnsOfAnOutcomeOfAnotherRecipientAndOfAFrameThatCannotBeRead() {
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
    void logsTroubleAsAnErrorAndAFullQueueNotAtAll() {
        fault(new IOException("the disk is full"));
        fault(new RejectedExecutionException("full"));

        assertThat(log.from(Level.INFO)).singleElement().asString().contains("the disk is full");
    }
}
