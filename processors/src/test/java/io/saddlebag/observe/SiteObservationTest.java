package io.saddlebag.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Minute;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Waiting;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteObservationTest {
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:31Z");
    private static final Alert OPEN = new Alert("LinkDown", "page", Map.of(), NOW, "no link", "look");
    private static final Waiting FILES = new Waiting("files", "claimed", 2, 300, NOW, "no connection");

    private static SiteIdentity identity;

    @TempDir
    private Path folder;

    private SiteMetrics metrics;
    private SiteHome home;
    private SiteObservation observation;
    private OneSite source = new OneSite();

    private final class OneSite implements StatusSource {
        private long in;

        private final RouteTraffic traffic = new RouteTraffic(Clock.fixed(NOW, ZoneOffset.UTC));

        @Override
        public Map<String, Instant> remembered() {
            return traffic.remembered();
        }

        @Override
        public void restore(Map<String, Instant> remembered) {
            traffic.restore(remembered);
        }

        @Override
        public List<Route> routes() {
            return List.of(traffic.of("raw", "drop/raw", 60L));
        }

        @Override
        public String role() {
            return "laboratory";
        }

        @Override
        public Map<String, Path> volumes() {
            return Map.of("home", folder);
        }

        @Override
        public long in() {
            return in;
        }

        @Override
        public long out() {
            return 0;
        }

        @Override
        public List<Waiting> waiting() {
            return List.of(FILES);
        }
    }

    @BeforeAll
    static void enrol(@TempDir Path network) {
        identity = TestNetwork.create(network).identity(SiteId.of("FL-LAB"));
    }

    @BeforeEach
    void make() throws IOException {
        metrics = new SiteMetrics(identity, "lab");
        home = new SiteHome(folder.resolve("home"));
        Files.createDirectories(home.run());
        observation = observation();
    }

    private SiteObservation observation() {
        return new SiteObservation(
                home, identity, metrics, source, look -> List.of(OPEN), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private SiteStatus status() {
        return SiteStatus.read(home).orElseThrow();
    }

    @Test
    void writesAStatusThatIsReadBack() {
        source.in = 5;
        observation.process(null);

        SiteStatus status = status();
        assertThat(status.format()).isEqualTo("saddlebag-status/1");
        assertThat(status.site()).isEqualTo(SiteId.of("FL-LAB"));
        assertThat(status.ready()).isTrue();
        assertThat(status.stopped()).isNull();
        assertThat(status.written()).isEqualTo(NOW);
        assertThat(status.waiting()).containsExactly(FILES);
        assertThat(status.alerts()).containsExactly(OPEN);
        assertThat(status.volumes()).singleElement().matches(volume -> volume.free() > 0);
        assertThat(status.certificates())
                .contains(new Certificate(
                        "tls", identity.tlsCertificate().getNotAfter().toInstant()));
        assertThat(status.lastHour()).containsExactly(new Minute(Instant.parse("2025-10-08T09:00:00Z"), 5, 0));
    }

    @Test
    void hasTheTimeOfTheLastGoodBackUp() throws IOException {
        String figure = "saddlebag_backup_last_success_timestamp_seconds{home=\"FL-LAB\"} ";
        observation.process(null);
        assertThat(home.run().resolve("metrics.prom")).content().doesNotContain(figure);

        LastBackup.write(home, new LastBackup(NOW, "/mnt/fl-lab.tar", 5));
        observation.process(null);
        assertThat(home.run().resolve("metrics.prom")).content().contains(figure);
    }

    @Test
    void remembersTheNewestMessageOfARouteAcrossARestart() {
        Instant last = NOW.minusSeconds(7_200);
        source.traffic.count("raw", 5, last);
        observation.process(null);
        source = new OneSite();
        metrics = new SiteMetrics(identity, "lab");

        observation().process(null);

        assertThat(status().routes()).containsExactly(new Route("raw", "drop/raw", 0, 0, last, NOW, 60L));
        assertThat(home.run().resolve("metrics.prom"))
                .content()
                .contains("saddlebag_route_last_message_timestamp_seconds{home=\"FL-LAB\",route=\"raw\"} 1.759906831E9")
                .contains("saddlebag_route_expected_interval_seconds{home=\"FL-LAB\",route=\"raw\"} 60.0");
    }

    @Test
    void showsTheFindingsOfTheLastAudit() throws IOException {
        LastAudit.write(home, new LastAudit(NOW, 3));

        observation.process(null);

        assertThat(status().checks().auditFindings()).isEqualTo(3);
        assertThat(home.run().resolve("metrics.prom"))
                .content()
                .contains("saddlebag_audit_findings{home=\"FL-LAB\"} 3.0", "saddlebag_alerts{home=\"FL-LAB\"");
    }

    @Test
    void keepsAMinuteTogetherAndForgetsAnHour() {
        LastHour hour = new LastHour();

        hour.look(NOW, 2, 1);
        assertThat(hour.look(NOW.plusSeconds(15), 3, 1))
                .containsExactly(new Minute(Instant.parse("2025-10-08T09:00:00Z"), 3, 1));
        assertThat(hour.look(NOW.plusSeconds(60), 4, 1)).hasSize(2);
        assertThat(hour.look(NOW.plusSeconds(3600), 4, 1))
                .containsExactly(new Minute(Instant.parse("2025-10-08T09:01:00Z"), 1, 0));
    }

    @Test
    void writesFilesThatTheirGroupMayRead() throws IOException {
        metrics.gauge("saddlebag_test", "A figure of a test", () -> 7);

        observation.process(null);
        observation.process(null);

        Path figures = home.run().resolve("metrics.prom");
        assertThat(figures)
                .content()
                .contains("# HELP saddlebag_test A figure of a test", "saddlebag_test{home=\"FL-LAB\"} 7.0")
                .contains("saddlebag_build_info{home=\"FL-LAB\",kind=\"lab\"");
        for (Path file : List.of(figures, SiteStatus.file(home))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
        }
    }

    @Test
    void leavesALastStatusAndNoFiguresAtTheEnd() {
        observation.process(null);
        observation.close();

        assertThat(home.run()).isDirectoryNotContaining("glob:**/*metrics*");
        assertThat(status().stopped()).isEqualTo(NOW);
        assertThat(status().ready()).isFalse();
    }

    @Test
    void warnsOnceWhileItCannotWrite() throws IOException {
        Path inTheWay = Files.createDirectory(SiteStatus.file(home));
        Files.writeString(inTheWay.resolve("in-the-way"), "");

        assertThat(warnings()).singleElement().asString().contains("status.json: status and figures cannot be written");
        // Those over HTTP need no disk.
        assertThat(observation.newest().alerts()).containsExactly(OPEN);
        assertThat(observation.figures()).isNotEmpty();
    }

    @Test
    void startsWithARunFolderOfOthersMaking() throws IOException {
        Files.writeString(home.run().resolve("remembered.json"), "{}");
        Files.writeString(home.run().resolve("audit.json"), "{}");
        Path target = Files.writeString(folder.resolve("target"), "mine");
        Files.createSymbolicLink(home.run().resolve(".metrics.prom" + AtomicFiles.TEMPORARY_SUFFIX), target);

        metrics = new SiteMetrics(identity, "lab");
        observation = observation();
        assertThat(warnings()).hasSize(1);

        assertThat(target).content().isEqualTo("mine");
        assertThat(status().alerts()).containsExactly(OPEN);
    }

    @Test
    void readsNoStatusThatLacksItsParts() throws IOException {
        Files.writeString(SiteStatus.file(home), "{\"format\":\"saddlebag-status/1\",\"site\":\"FL-LAB\"}");

        assertThat(SiteStatus.read(home)).isEmpty();
    }

    /** As when a journal cannot be read: the route's own handler would report it every time. */
    @Test
    void warnsOnceOfAFigureThatCannotBeRead() {
        metrics.gauge("saddlebag_test", "A figure of a test", () -> {
            throw new IllegalStateException("no journal");
        });

        assertThat(warnings()).singleElement().asString().contains("cannot be written: no journal");
    }

    private List<String> warnings() {
        try (LoggedLines log = LoggedLines.of(SiteObservation.class)) {
            observation.process(null);
            observation.process(null);
            return log.at(Level.WARN);
        }
    }
}
