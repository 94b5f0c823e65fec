package io.saddlebag.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.MetricsText;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteMetricsTest {
    @TempDir
    private Path folder;

    private SiteIdentity identity;
    private SiteMetrics metrics;
    private SiteHome home;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        identity = TestNetwork.create(folder.resolve("network")).identity(SiteId.of("FL-LAB"));
        metrics = new SiteMetrics(identity, "lab");
        home = new SiteHome(folder.resolve("home"));
        file = home.run().resolve("metrics.prom");
        Files.createDirectories(home.run());
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

    @Test
    void writesAFileThatItsGroupMayReadAndRemovesItAtTheEnd() throws IOException {
        MetricsFile written = new MetricsFile(metrics, home);
        metrics.gauge("saddlebag_test", "A figure of a test", () -> 7);

        written.process(null);
        written.process(null);

        assertThat(file)
                .content()
                .contains("# HELP saddlebag_test A figure of a test", "saddlebag_test{home=\"FL-LAB\"} 7.0")
                .contains("saddlebag_build_info{home=\"FL-LAB\",kind=\"lab\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        written.close();
        assertThat(home.run()).isEmptyDirectory();
    }

    @Test
    void warnsOnceWhileItCannotWrite() throws IOException {
        MetricsFile written = new MetricsFile(metrics, home);
        Files.createDirectory(file);
        Files.writeString(file.resolve("in-the-way"), "");
        try (LoggedLines log = LoggedLines.of(MetricsFile.class)) {
            written.process(null);
            written.process(null);

            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("metrics.prom: the figures cannot be written");
        }
    }

    /** As when a journal cannot be read: the route's own handler would report it every time. */
    @Test
    void warnsOnceOfAFigureThatCannotBeRead() {
        MetricsFile written = new MetricsFile(metrics, home);
        metrics.gauge("saddlebag_test", "A figure of a test", () -> {
            throw new IllegalStateException("no journal");
        });
        try (LoggedLines log = LoggedLines.of(MetricsFile.class)) {
            written.process(null);
            written.process(null);

            assertThat(log.at(Level.WARN)).singleElement().asString().contains("cannot be written: no journal");
        }
    }
}
