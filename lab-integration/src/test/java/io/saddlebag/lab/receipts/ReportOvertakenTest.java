package io.saddlebag.lab.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.ReceiptedBatch;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters that withholds a message, or its receipt, and delivers later ones. */
class ReportOvertakenTest {
    private static final Instant SENT = Instant.parse("2025-10-08T10:00:00Z");
    private static final Duration WITHIN = Duration.ofHours(1);
    private static final SiteId CENTRE = TestRecords.CENTRE;

    @TempDir
    private Path home;

    private final SettableClock clock = SettableClock.still(SENT);
    private final LoggedLines log = LoggedLines.of(ReportOvertaken.class);
    private TestRecords records;
    private ReceiptedMessages messages;
    private ReceiptFiles files;
    private ReportOvertaken report;

    @BeforeEach
    void sendFour() throws IOException {
        records = new TestRecords(home);
        messages = new ReceiptedMessages(records.journal());
        files = new ReceiptFiles(records.folders().sent(), Set.of());
        report = new ReportOvertaken(messages, files, Runnable::run, WITHIN, clock);
        for (int number = 1; number <= 4; number++) {
            OutgoingMessage message = records.claimed(id(number), number + ".csv", "text/csv", "it")
                    .digested(ContentDigest.of(new byte[1]));
            records.journal().sealed(message, null, places -> new byte[] {7}).join();
            if (number != 3) {
                records.journal().sent(message, null, SENT, null).join();
            }
        }
    }

    @AfterEach
    void close() {
        records.close();
        log.close();
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_00" + number);
    }

    private void receipt(int number) {
        ReceiptedBatch batch = new ReceiptedBatch();
        batch.receipt(CENTRE, number, number, 0);
        batch.complete(messages.find(id(number)).orElseThrow().number());
        messages.receipted(batch, clock.instant());
    }

    private void tell(int number, String state) throws IOException {
        SentReceipts before = files.read(messages.find(id(number)).orElseThrow());
        DeliveryOutcome outcome = new DeliveryOutcome(id(number), CENTRE, state, SENT, "why", null, null);
        files.write(before.with(List.of(new SentReceipts.Judged(outcome, null, null, null)), SENT));
    }

    private Instant overtaken(int number) throws IOException {
        return files.read(messages.find(id(number)).orElseThrow())
                .recipients()
                .get(0)
                .overtakenTimestamp();
    }

    private void report() throws IOException {
        report.process(records.exchange());
    }

    @Test
    void warnsOfEachMessageThatWaitsThoughItsRecipientHasLaterOnes() throws Exception {
        receipt(4);
        report();
        assertThat(log.at(Level.WARN)).isEmpty();

        clock.advance(WITHIN);
        report();
        report();

        assertThat(log.at(Level.WARN))
                .singleElement()
                .asString()
                .contains("2 messages have no receipt", "3600 s", id(1) + " (1.csv) for CA-RC");
        assertThat(overtaken(1)).isEqualTo(clock.instant());
        assertThat(overtaken(2)).isEqualTo(clock.instant());
        assertThat(overtaken(3)).as("not confirmed yet").isNull();
        assertThat(overtaken(4)).isNull();
    }

    @Test
    void isOverOnceTheReceiptsCame() throws Exception {
        receipt(4);
        clock.advance(WITHIN);
        report();
        receipt(1);
        receipt(2);
        report();
        assertThat(log.at(Level.WARN)).hasSize(1);

        assertThat(messages.overtaken(clock.instant())).isEmpty();
    }

    @Test
    void warnsOfNoneThatEndedOrThatTheRecipientHasByHeadquartersWord() throws Exception {
        receipt(4);
        tell(1, DeliveryOutcome.DEAD_LETTERED);
        tell(2, DeliveryOutcome.ACKNOWLEDGED);
        clock.advance(WITHIN);

        report();

        assertThat(log.at(Level.WARN)).isEmpty();
    }

    @Test
    void forgetsPlacesOfMessagesThatTheJournalDoesNotHave() throws Exception {
        receipt(4);
        records.journal().forget(messages.find(id(2)).orElseThrow().number());
        clock.advance(WITHIN);

        assertThat(messages.overtaken(SENT))
                .extracting(each -> each.message().messageId())
                .containsExactly(id(1));
        assertThat(records.journal().received().overtaken(SENT))
                .extracting(gap -> gap.first())
                .containsExactly(1L, 3L);
    }
}
