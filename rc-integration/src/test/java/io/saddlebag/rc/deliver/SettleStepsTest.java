package io.saddlebag.rc.deliver;

import static io.saddlebag.rc.StepCentre.ID;
import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.NOW;
import static io.saddlebag.rc.StepCentre.SITE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.journal.JournalException;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.rc.Letters;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.deliver.GroupRounds.Member;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettleStepsTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final byte[] RECEIPT = {9};

    @TempDir
    private Path folder;

    private StepCentre centre;
    private SettleSteps steps;
    private LogHead logHead;
    private Exchange exchange;
    private Arrival arrival;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(false, false));
        steps = new SettleSteps(centre.journal, SITE, () -> logHead, Clock.fixed(NOW, ZoneOffset.UTC));
        exchange = centre.opened(centre.letters.letter(ID, ID + ".bin", CONTENT));
        arrival = Arrival.of(exchange);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void composesTheReceiptOfTheDelivery() {
        steps.composeReceipt(exchange);

        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(DeliveryReceipt.TYPE);
        assertThat(Json.read(exchange.getMessage().getBody(byte[].class), DeliveryReceipt.class))
                .isEqualTo(DeliveryReceipt.received(
                        centre.identity.trust().networkId(),
                        arrival.messageId(),
                        LAB,
                        SITE,
                        arrival.manifestSha256(),
                        Letters.SECRET.proof(Sha256.of(CONTENT), CONTENT.length),
                        NOW,
                        1,
                        1));
    }

    @Test
    void saysInTheReceiptWhatElseHasCome() throws Exception {
        steps.journalDelivery(List.of(member(RECEIPT)));
        centre.letters.seq = 4;
        exchange = centre.opened(centre.letters.letter("FL-LAB_DAT_20251008_004", "4.bin", CONTENT));

        steps.composeReceipt(exchange);

        DeliveryReceipt receipt = Json.read(exchange.getMessage().getBody(byte[].class), DeliveryReceipt.class);
        assertThat(receipt.highestSeq()).isEqualTo(4);
        assertThat(receipt.completeSeq()).isEqualTo(1);
    }

    @Test
    void missesNoMoreWhatTheSenderEndedInsideTheSeal() throws Exception {
        steps.journalDelivery(List.of(member(RECEIPT)));
        centre.letters.seq = 4;
        centre.letters.ended = List.of(
                new Message.Ended(SITE, 2, Message.Ended.FAILED),
                new Message.Ended(SITE, 3, "expired"),
                new Message.Ended(SiteId.of("SF-RC"), 1, Message.Ended.FAILED));
        exchange = centre.opened(centre.letters.letter("FL-LAB_DAT_20251008_004", "4.bin", CONTENT));
        arrival = Arrival.of(exchange);
        try (LoggedLines log = LoggedLines.of(SettleSteps.class)) {
            steps.journalDelivery(List.of(member(RECEIPT)));

            assertThat(log.at(Level.WARN)).singleElement().asString().contains("missing seq 3 of FL-LAB", "expired");
        }
        assertThat(centre.journal.missing(NOW.plusSeconds(1))).isEmpty();
        assertThat(centre.journal.received(LAB).complete()).isEqualTo(4);
    }

    @Test
    void saysInTheReceiptWhichHeadOfTheProofLogItHasSeen() {
        logHead = new LogHead(17, Sha256.of(CONTENT));

        steps.composeReceipt(exchange);

        assertThat(Json.read(exchange.getMessage().getBody(byte[].class), DeliveryReceipt.class)
                        .logHead())
                .isEqualTo(logHead);
    }

    @Test
    void journalsTheDeliveryAndClearsItsWorkFiles() throws Exception {
        Member member = member(RECEIPT);

        steps.journalDelivery(List.of(member));

        assertThat(member.isFailed()).isFalse();
        assertThat(arrival.receipt()).isEqualTo(RECEIPT);
        JournalledDelivery journalled =
                centre.journal.published(LAB, arrival.messageId()).orElseThrow();
        assertThat(journalled.receipt()).isEqualTo(RECEIPT);
        assertThat(journalled.seq()).isEqualTo(1);
        assertThat(journalled.queueName()).isEqualTo(StepCentre.QUEUE);
        assertThat(journalled.contentSha256()).isEqualTo(Sha256.of(CONTENT));
        assertThat(journalled.receivedTime()).isEqualTo(NOW);
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void keepsTheWorkFilesOfADeliveryThatTheJournalDoesNotTake() throws Exception {
        Member member = member(RECEIPT);
        centre.changeJournal("DROP TABLE delivery");

        steps.journalDelivery(List.of(member));

        assertThat(member.exchange().getException()).isInstanceOf(JournalException.class);
        assertThat(arrival.openedFile()).exists();
    }

    @Test
    void acknowledgesWithTheSignedReceipt() throws Exception {
        steps.journalDelivery(List.of(member(RECEIPT)));

        acknowledge();

        StompFrame ack = centre.frames(StompCommand.ACK, 1).get(0);
        assertThat(ack.header(Headers.ID)).isEqualTo(arrival.token());
        assertThat(ack.header(Headers.DELIVERY_RECEIPT)).isEqualTo("CQ==");
        assertThat(exchange.getException()).isNull();
        centre.journal.flush();
        assertThat(state()).isEqualTo("ACKNOWLEDGED");
    }

    @Test
    void failsWithoutACauseWhenTheReceiptIsRefused() throws Exception {
        steps.journalDelivery(List.of(member(RECEIPT)));
        centre.rejects(StompCommand.ACK, "bad-signature");

        acknowledge();

        assertThat(exchange.getException())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("its receipt was refused, bad-signature: as the test says")
                .hasNoCause();
        centre.journal.flush();
        assertThat(state()).isEqualTo("PUBLISHED");
    }

    @Test
    void leavesItAtAWarningWhenHeadquartersDoesNotHaveItInFlight() throws Exception {
        steps.journalDelivery(List.of(member(RECEIPT)));
        centre.rejects(StompCommand.ACK, "not-permitted");

        acknowledge();

        assertThat(exchange.getException()).isNull();
        centre.journal.flush();
        assertThat(state()).isEqualTo("PUBLISHED");
    }

    private void acknowledge() {
        arrival.signed(RECEIPT);
        CompletableFuture<Void> done = new CompletableFuture<>();
        assertThat(steps.acknowledgeDelivery(exchange, doneSync -> done.complete(null)))
                .isFalse();
        done.join();
    }

    private Member member(byte[] receipt) {
        exchange.getMessage().setBody(receipt);
        return new Member(exchange, arrival, doneSync -> {});
    }

    private String state() throws Exception {
        return centre.inJournal("SELECT state FROM delivery");
    }
}
