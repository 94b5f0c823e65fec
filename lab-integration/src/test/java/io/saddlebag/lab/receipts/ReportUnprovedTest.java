package io.saddlebag.lab.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportUnprovedTest {
    private static final Instant TOLD = Instant.parse("2025-10-08T10:00:00Z");

    @TempDir
    private Path home;

    @Test
    void warnsOnceOfAWordWithoutAReceiptAfterItsTimeAndNoMoreOnceItCame() throws Exception {
        SettableClock clock = SettableClock.still(TOLD.plus(Duration.ofHours(24)));
        try (TestRecords records = new TestRecords(home);
                LoggedLines log = LoggedLines.of(ReportUnproved.class)) {
            OutgoingMessage message = records.claimed("a.csv", "it").digested(ContentDigest.of(new byte[] {1}));
            records.journal().sealed(message, null, places -> new byte[] {7}).join();
            records.journal().sent(message, null, TOLD, null).join();
            ReceiptedMessages messages = new ReceiptedMessages(records.journal());
            messages.word(message.number(), TOLD);
            ReportUnproved report = new ReportUnproved(messages, Duration.ofHours(24), clock);

            report.process(records.exchange());
            assertThat(log.at(Level.WARN)).isEmpty();

            clock.advance(Duration.ofSeconds(1));
            report.process(records.exchange());
            report.process(records.exchange());
            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("1 messages are at a recipient by headquarters' word alone", TestRecords.ID.value());

            messages.word(message.number(), null);
            report.process(records.exchange());
            messages.word(message.number(), TOLD);
            report.process(records.exchange());
            assertThat(log.at(Level.WARN)).hasSize(2);
        }
    }
}
