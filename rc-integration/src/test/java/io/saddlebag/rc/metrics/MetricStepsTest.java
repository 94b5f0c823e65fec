package io.saddlebag.rc.metrics;

import static io.saddlebag.rc.StepCentre.ID;
import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.SITE;
import static io.saddlebag.rc.StepCentre.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Refusal;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.rc.Letters;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.testing.MetricsText;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricStepsTest {
    private static final Refusal REFUSAL = new Refusal(Refusal.Code.BAD_SEAL, "as the test says");

    @TempDir
    private Path folder;

    private StepCentre centre;
    private Letters.Letter letter;
    private SiteMetrics metrics;
    private MetricSteps steps;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(false, false));
        letter = centre.letters.letter(ID, ID + ".bin", new byte[] {1, 2, 3});
        metrics = new SiteMetrics(TestNetwork.create(folder.resolve("metrics")).identity(SITE), "rc");
        steps = new MetricSteps(metrics, centre.journal, Duration.ZERO, Clock.systemUTC(), DefaultCamelContext::new);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void countsPublishedFilesByTheirSender() throws Exception {
        Exchange exchange = centre.opened(letter);
        exchange.getExchangeExtension().setFromRouteId("outbox");

        steps.countPublished(exchange);

        assertThat(steps.traffic().of("outbox", "outbox", null).messages()).isEqualTo(1);
        assertThat(MetricsText.of(metrics))
                .contains(
                        "saddlebag_files_published_total{sender=\"" + LAB + "\"} 1.0",
                        "saddlebag_end_to_end_duration_seconds_count 1");
    }

    @Test
    void countsARefusalUnderNoNameThatIsNotVerified() throws Exception {
        steps.countRefused(failed(centre.arrival(centre.letters.frames(letter).get(0)), REFUSAL));
        steps.countRefused(failed(centre.opened(letter), REFUSAL));

        assertThat(MetricsText.of(metrics))
                .contains(
                        "saddlebag_deliveries_refused_total{code=\"bad-seal\",sender=\"unverified\"} 1.0",
                        "saddlebag_deliveries_refused_total{code=\"bad-seal\",sender=\"" + LAB + "\"} 1.0");
    }
}
