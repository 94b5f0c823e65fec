package io.saddlebag.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.testing.MetricsText;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricStepsTest {
    @TempDir
    private Path folder;

    private TestRecords records;
    private SiteMetrics metrics;
    private MetricSteps steps;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(folder.resolve("home"));
        metrics = new SiteMetrics(TestNetwork.create(folder.resolve("network")).identity(TestLab.SITE), "lab");
        steps = new MetricSteps(metrics, records.journal(), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        records.close();
    }

    private List<String> lines() {
        return MetricsText.of(metrics);
    }

    @Test
    void saysWhatWaitsAndSinceWhen() throws IOException {
        assertThat(lines())
                .contains("saddlebag_files_waiting{state=\"claimed\"} 0.0", "saddlebag_receipts_pending 0.0")
                .noneMatch(line -> line.startsWith("saddlebag_oldest_unsent_timestamp_seconds"));

        OutgoingMessage message = records.claimed("a.csv", "it");

        assertThat(lines())
                .contains(
                        "saddlebag_files_waiting{state=\"claimed\"} 1.0",
                        "saddlebag_files_waiting{state=\"sealed\"} 0.0")
                .anyMatch(line -> line.startsWith("saddlebag_oldest_unsent_timestamp_seconds ")
                        && (long) (Double.parseDouble(line.substring(line.indexOf(' '))) * 1000 + 0.5)
                                == message.claim().sentTimestamp().toEpochMilli());
    }

    @Test
    void countsClaimedAndSentFilesByRoute() throws IOException {
        Exchange exchange = records.exchange(records.claimed("a.csv", "it"));

        steps.countClaimed(exchange);
        steps.countClaimed(exchange);
        steps.countSent(exchange);

        assertThat(lines())
                .contains(
                        "saddlebag_files_claimed_total{route=\"route\"} 2.0",
                        "saddlebag_files_sent_total{route=\"route\"} 1.0",
                        "saddlebag_confirm_duration_seconds_count 1");
        assertThat(steps.traffic().of("route", "drop", null).messages()).isEqualTo(2);
    }

    @Test
    void countsRefusedFilesByCode() throws IOException {
        OutgoingMessage message = records.claimed("a.csv", "it");
        steps.countRefused(records.failed(message, new Refusal(Code.CONFLICT, "other bytes")));
        Exchange drop = records.exchange();
        drop.getExchangeExtension().setFromRouteId("raw-data");
        drop.setProperty(Exchange.EXCEPTION_CAUGHT, new Refusal(Code.BAD_NAME, "no name"));
        steps.countRefusedDrop(drop);

        assertThat(lines())
                .contains(
                        "saddlebag_files_failed_total{code=\"conflict\",route=\"route\"} 1.0",
                        "saddlebag_files_failed_total{code=\"bad-name\",route=\"raw-data\"} 1.0");
    }

    @Test
    void countsReceiptsThatDoNotHoldAndNoTroubleOfItsOwn() throws IOException {
        OutgoingMessage message = records.claimed("a.csv", "it");
        steps.countReceiptFault(records.failed(message, new IOException("the disk is full")));
        steps.countReceiptFault(records.failed(message, new Refusal(Code.CLOCK_DOUBTFUL, "stepped")));
        assertThat(lines()).contains("saddlebag_receipts_refused_total 0.0");

        steps.countReceiptFault(records.failed(message, new Refusal(Code.BAD_SIGNATURE, "forged")));
        assertThat(lines()).contains("saddlebag_receipts_refused_total 1.0");
    }
}
