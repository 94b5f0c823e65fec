package io.saddlebag.observe.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Checks;
import io.saddlebag.observe.SiteStatus.Failed;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.Verdicts;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.observe.SiteStatus.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertRulesTest {
    private static final Instant LONG_AGO = StatusFixture.BEGIN.minus(Duration.ofDays(9));

    private final StatusFixture site = new StatusFixture();
    private final AlertRules rules = new AlertRules(new AlertLimits(
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            5L << 30,
            Duration.ofDays(14),
            Duration.ofDays(2),
            Duration.ofMinutes(15)));

    private List<String> found() {
        return rules.judge(site.status()).stream()
                .map(each -> each.rule().text() + each.labels())
                .toList();
    }

    @Test
    void findsNothingAtASiteThatIsWell() {
        site.link = new Link("up", site.now, SiteId.of("DC-HQ"), "127.0.0.1:1", 3.0, null);
        site.waiting = List.of(new Waiting("files", "claimed", 1, 1, site.now, null));
        site.routes = List.of(new Route("raw", "drop", 0, 0, null, LONG_AGO, null));
        site.failed = new Failed(3, LONG_AGO);
        site.volumes = List.of(new Volume("home", 5L << 30, 1L << 40));
        site.certificates = List.of(new Certificate("tls", site.now.plus(Duration.ofDays(15))));
        site.queues = List.of(new Queue("q", 0, 0, 0, 0, null, 0));
        site.sites = List.of(new Peer(SiteId.of("CA-RC"), 1, site.now, 2.0));
        site.checks = new Checks(LONG_AGO, 0L, site.now);

        assertThat(found()).isEmpty();
    }

    @Test
    void aNodeWithoutALinkIsLessThanHeadquartersWithoutOne() {
        site.link = new Link("up", LONG_AGO, SiteId.of("DC-HQ"), "127.0.0.1:1", 3.0, null);
        site.links = List.of(
                new NodeLink("hq1:61617", "up", LONG_AGO, null),
                new NodeLink("hq2:61617", "down", LONG_AGO, "refused"));
        assertThat(found()).containsExactly("NodeLinkDown{node=hq2:61617}");
        assertThat(AlertRule.NODE_LINK_DOWN.severity()).isEqualTo("warn");

        site.link = new Link("down", LONG_AGO, null, null, 3.0, "refused");
        assertThat(found()).containsExactly("LinkDown{}");
    }

    @Test
    void findsTheTroublesOfALaboratory() {
        site.link = new Link("down", LONG_AGO, null, null, -61.0, "refused");
        site.waiting = List.of(
                new Waiting("files", "claimed", 1, 1, LONG_AGO, "no key"),
                new Waiting("files", "sealed", 1, 1, LONG_AGO.plusSeconds(1), null));
        site.routes = List.of(new Route("raw", "drop", 0, 0, null, LONG_AGO, 60L));
        site.failed = new Failed(3, site.now.minusSeconds(60));
        site.certificates = List.of(
                new Certificate("tls", LONG_AGO),
                new Certificate("signing", site.now.plus(Duration.ofDays(1))),
                new Certificate("revocation-list", LONG_AGO));
        site.troubles = new Troubles(
                Map.of(),
                Map.of("CA-RC", "not known"),
                List.of(),
                1,
                site.now,
                null,
                new Verdicts(2, site.now, Map.of()));
        site.checks = new Checks(site.now, 2L, LONG_AGO);

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "LinkDown{}",
                        "ClocksDiffer{}",
                        "FilesStuck{}",
                        "SilentRoute{route=raw}",
                        "FilesFailed{}",
                        "CertificateExpired{use=tls}",
                        "CertificateExpiresSoon{use=signing}",
                        "RevocationListOld{}",
                        "KeysUnusable{recipient=CA-RC}",
                        "ReceiptFault{}",
                        "MessageRejected{}",
                        "AuditFindings{}",
                        "BackupTooOld{}");
    }

    @Test
    void findsTheTroublesOfHeadquartersAndOfACentre() {
        site.now = StatusFixture.BEGIN.plusSeconds(901);
        site.queues = List.of(new Queue("q", 1, 0, 0, 0, LONG_AGO, 0));
        site.sites = List.of(
                new Peer(SiteId.of("CA-RC"), 0, LONG_AGO, null), new Peer(SiteId.of("FL-LAB"), 1, site.now, 120.0));
        site.troubles = new Troubles(
                Map.of("FL-LAB", 2L), Map.of(), List.of("q"), 0, null, 1L, new Verdicts(0, null, Map.of("q", 3L)));
        site.nodes = List.of(
                new Node("n1", "hq1:1", "1", "ready", LONG_AGO, 1, null),
                new Node("n2", "hq2:1", "1", "ended", LONG_AGO, 60, site.now));

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "QueueWithoutConsumer{queue=q}",
                        "DeliveryStuck{queue=q}",
                        "SiteAway{site=CA-RC}",
                        "ClocksDiffer{site=FL-LAB}",
                        "MessagesMissing{sender=FL-LAB}",
                        "IntakePaused{queue=q}",
                        "VerdictOverdue{queue=q}",
                        "NodeAway{node=n2}",
                        "TopologyFault{}");
    }

    @Test
    void asksForABackUpAnHourAfterTheStart() {
        site.checks = new Checks(null, null, null);

        assertThat(rules.judge(site.status()))
                .singleElement()
                .matches(each -> each.rule() == AlertRule.BACKUP_TOO_OLD
                        && each.hold().equals(Duration.ofHours(1))
                        && each.since().equals(StatusFixture.BEGIN));
    }

    @Test
    void givesSitesTimeToConnectAfterAStart() {
        site.sites = List.of(new Peer(SiteId.of("CA-RC"), 0, LONG_AGO, null));
        site.now = StatusFixture.BEGIN.plusSeconds(899);

        assertThat(found()).isEmpty();
    }

    @Test
    void predictsAFullDiskByALineThroughSixHours() {
        long free = 100L << 30;
        for (int minutes = 0; minutes <= 120; minutes += 5) {
            site.now = StatusFixture.BEGIN.plus(Duration.ofMinutes(minutes));
            site.volumes = List.of(new Volume("home", free - minutes * (80L << 20), 1L << 40));
            boolean soon = found().contains("StorageFullPredicted{}");
            assertThat(soon).isEqualTo(minutes >= 60);
        }
        site.now = site.now.plusSeconds(1);
        site.volumes = List.of(new Volume("home", 0, 0));
        assertThat(found()).as("a disk that is away").isEmpty();
        FreeSpaceTrend steady = new FreeSpaceTrend();
        steady.add(StatusFixture.BEGIN, free);
        steady.add(StatusFixture.BEGIN.plusSeconds(7_200), free);
        assertThat(steady.fullIn(StatusFixture.BEGIN.plusSeconds(7_200))).isEmpty();
    }

    @Test
    void predictsAnewWhenTheClockWasSetBack() {
        FreeSpaceTrend trend = new FreeSpaceTrend();
        trend.add(StatusFixture.BEGIN.plus(Duration.ofDays(30)), 100L << 30);
        trend.add(StatusFixture.BEGIN, 50L << 30);
        Instant later = StatusFixture.BEGIN.plus(Duration.ofHours(2));
        trend.add(later, 25L << 30);

        assertThat(trend.fullIn(later)).contains(Duration.ofHours(2));
    }
}
