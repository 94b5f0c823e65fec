package io.saddlebag.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Gauge;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.MetricsText;
import io.saddlebag.testing.TestNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteMetricsTest {
    @TempDir
    private Path folder;

    private SiteIdentity identity;
    private SiteMetrics metrics;

    @BeforeEach
    void make() {
        identity = TestNetwork.create(folder.resolve("network")).identity(SiteId.of("FL-LAB"));
        metrics = new SiteMetrics(identity, "lab");
    }

    /** A line ends with a line feed alone, so that no value of a label looks like another line. */
    @Test
    void leavesTheValuesOfLabelsAsTheyAre() throws IOException {
        Gauge.builder()
                .name("saddlebag_test")
                .labelNames("route")
                .register(metrics.registry())
                .labelValues("a\u2028b c\rd e\"\nf g")
                .set(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        metrics.writeTo(out);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("\nsaddlebag_test{home=\"FL-LAB\",route=\"a\u2028b c\rd e\\\"\\nf g\"} 1.0\n");
    }

    @Test
    void namesTheSiteItsCertificatesAndItsDisks() {
        metrics.volumes(Map.of("home", folder));

        assertThat(MetricsText.of(metrics))
                .contains("saddlebag_build_info{kind=\"lab\",version=\"unknown\"} 1")
                .contains("saddlebag_ready 1.0")
                .anyMatch(line -> line.startsWith("saddlebag_certificate_not_after_timestamp_seconds{use=\"tls\"} ")
                        && Double.parseDouble(line.substring(line.indexOf(' ')))
                                == identity.tlsCertificate().getNotAfter().getTime() / 1e3)
                .anyMatch(line -> line.startsWith("saddlebag_certificate_not_after_timestamp_seconds{use=\"signing\"}"))
                .anyMatch(line -> line.matches("saddlebag_storage_free_bytes\\{volume=\"home\"} [0-9.E]+"))
                .anyMatch(line -> line.startsWith("process_cpu_seconds_total "))
                .noneMatch(line -> line.startsWith("saddlebag_crl_next_update_timestamp_seconds"));
    }
}
