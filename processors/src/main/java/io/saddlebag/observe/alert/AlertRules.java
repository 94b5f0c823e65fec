package io.saddlebag.observe.alert;

import static io.saddlebag.observe.alert.AlertRule.AUDIT_FINDINGS;
import static io.saddlebag.observe.alert.AlertRule.BACKUP_TOO_OLD;
import static io.saddlebag.observe.alert.AlertRule.CERTIFICATE_EXPIRED;
import static io.saddlebag.observe.alert.AlertRule.CERTIFICATE_EXPIRES_SOON;
import static io.saddlebag.observe.alert.AlertRule.CLOCKS_DIFFER;
import static io.saddlebag.observe.alert.AlertRule.DEAD_LETTERS;
import static io.saddlebag.observe.alert.AlertRule.DELIVERY_STUCK;
import static io.saddlebag.observe.alert.AlertRule.FILES_FAILED;
import static io.saddlebag.observe.alert.AlertRule.FILES_STUCK;
import static io.saddlebag.observe.alert.AlertRule.INTAKE_PAUSED;
import static io.saddlebag.observe.alert.AlertRule.KEYS_UNUSABLE;
import static io.saddlebag.observe.alert.AlertRule.LINK_DOWN;
import static io.saddlebag.observe.alert.AlertRule.MESSAGES_MISSING;
import static io.saddlebag.observe.alert.AlertRule.MESSAGE_REJECTED;
import static io.saddlebag.observe.alert.AlertRule.NODE_AWAY;
import static io.saddlebag.observe.alert.AlertRule.NODE_LINK_DOWN;
import static io.saddlebag.observe.alert.AlertRule.QUEUE_WITHOUT_CONSUMER;
import static io.saddlebag.observe.alert.AlertRule.RECEIPT_FAULT;
import static io.saddlebag.observe.alert.AlertRule.REVOCATION_LIST_OLD;
import static io.saddlebag.observe.alert.AlertRule.SILENT_ROUTE;
import static io.saddlebag.observe.alert.AlertRule.SITE_AWAY;
import static io.saddlebag.observe.alert.AlertRule.STORAGE_FULL_PREDICTED;
import static io.saddlebag.observe.alert.AlertRule.STORAGE_LOW;
import static io.saddlebag.observe.alert.AlertRule.TOPOLOGY_FAULT;
import static io.saddlebag.observe.alert.AlertRule.VERDICT_OVERDUE;

import io.saddlebag.clock.Durations;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Checks;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.Verdicts;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.observe.SiteStatus.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds the states of a status that need a person. docs/monitoring/saddlebag-alerts.yml has the same for Prometheus; a site
 * cannot tell that itself is down. For one thread, in the order of time.
 */
final class AlertRules {
    private static final Duration RECENT = Duration.ofHours(1);
    private static final Duration FULL_WITHIN = Duration.ofDays(1);
    private static final double CLOCK_SECONDS = 60;
    private static final Map<String, String> NO_LABELS = Map.of();

    private final AlertLimits limits;
    private final Map<String, FreeSpaceTrend> trends = new HashMap<>();
    private List<Condition> found;
    private Instant now;

    AlertRules(AlertLimits limits) {
        this.limits = limits;
    }

    List<Condition> judge(SiteStatus status) {
        found = new ArrayList<>();
        now = status.written();
        link(status);
        files(status.waiting());
        status.routes().forEach(this::route);
        status.certificates().forEach(this::certificate);
        storage(status.volumes());
        status.queues().forEach(this::queue);
        status.sites().forEach(site -> site(site, status.started()));
        status.deadLetters()
                .forEach(dead -> open(
                        DEAD_LETTERS,
                        Map.of("queue", dead.queue()),
                        null,
                        dead.count() + " dead letters of " + dead.queue()));
        status.nodes().stream()
                .filter(node -> !node.isReady())
                .forEach(node -> last(
                        NODE_AWAY,
                        Map.of("node", node.name()),
                        node.ended(),
                        "node " + node.name() + " of headquarters at " + node.address() + " is " + node.state()));
        if (status.failed() != null && isRecent(status.failed().newest())) {
            open(
                    FILES_FAILED,
                    NO_LABELS,
                    null,
                    status.failed().count() + " files are in failed/, the newest since "
                            + status.failed().newest());
        }
        troubles(status.troubles());
        checks(status.checks(), status.started());
        return found;
    }

    private void open(AlertRule rule, Map<String, String> labels, Instant since, String summary) {
        found.add(new Condition(rule, labels, since, Duration.ZERO, summary));
    }

    private void last(AlertRule rule, Map<String, String> labels, Instant since, String summary) {
        found.add(new Condition(rule, labels, since, limits.after(), summary));
    }

    private boolean isRecent(Instant time) {
        return time != null && time.isAfter(now.minus(RECENT));
    }

    private void link(SiteStatus status) {
        if (status.link() == null) {
            return;
        }
        if (!status.link().isUp()) {
            last(
                    LINK_DOWN,
                    NO_LABELS,
                    status.link().since(),
                    "no connection to headquarters: " + status.link().error());
        } else {
            status.links().stream()
                    .filter(each -> !each.isUp())
                    .forEach(each -> last(
                            NODE_LINK_DOWN,
                            Map.of("node", each.node()),
                            each.since(),
                            "no connection to the node " + each.node() + " of headquarters: " + each.error()));
        }
        clock(NO_LABELS, "the clock of headquarters", status.link().clockOffset());
    }

    private void clock(Map<String, String> labels, String which, Double offset) {
        if (offset != null && Math.abs(offset) > CLOCK_SECONDS) {
            last(
                    CLOCKS_DIFFER,
                    labels,
                    null,
                    which + " is " + text(Duration.ofSeconds(Math.round(Math.abs(offset))))
                            + (offset < 0 ? " behind" : " ahead"));
        }
    }

    private void files(List<Waiting> waiting) {
        waiting.stream()
                .filter(each -> each.what().equals("files") && isOld(each.oldest()))
                .min(Comparator.comparing(Waiting::oldest))
                .ifPresent(oldest -> open(
                        FILES_STUCK,
                        NO_LABELS,
                        oldest.oldest().plus(limits.waiting()),
                        "a file waits to be sent since " + oldest.oldest()
                                + (oldest.reason() == null ? "" : ": " + oldest.reason())));
    }

    private boolean isOld(Instant oldest) {
        return oldest != null && oldest.isBefore(now.minus(limits.waiting()));
    }

    private void route(Route route) {
        if (route.expect() == null) {
            return;
        }
        Instant last = route.last() == null ? route.since() : route.last();
        Duration expect = Duration.ofSeconds(route.expect());
        if (last.plus(expect).isBefore(now)) {
            open(
                    SILENT_ROUTE,
                    Map.of("route", route.route()),
                    last.plus(expect),
                    "nothing came by " + route.route() + " (" + route.folder() + ") "
                            + (route.last() == null ? "" : "since " + route.last() + ", ")
                            + "where one is expected every "
                            + text(expect));
        }
    }

    private void certificate(Certificate certificate) {
        Duration left = Duration.between(now, certificate.notAfter());
        Map<String, String> use = Map.of("use", certificate.use());
        if (certificate.use().equals(SiteStatus.REVOCATION_LIST)) {
            if (left.isNegative()) {
                open(
                        REVOCATION_LIST_OLD,
                        NO_LABELS,
                        certificate.notAfter(),
                        "the revocation list should have been renewed by " + certificate.notAfter());
            }
        } else if (left.isNegative()) {
            open(
                    CERTIFICATE_EXPIRED,
                    use,
                    certificate.notAfter(),
                    "the " + certificate.use() + " certificate has ended on " + certificate.notAfter());
        } else if (left.compareTo(limits.certificateEnds()) < 0) {
            open(
                    CERTIFICATE_EXPIRES_SOON,
                    use,
                    certificate.notAfter().minus(limits.certificateEnds()),
                    "the " + certificate.use() + " certificate ends on " + certificate.notAfter());
        }
    }

    /** One alert for all disks: several folders of a site often lie on one. */
    private void storage(List<Volume> volumes) {
        // A disk that is away has no figures, and is not full.
        List<Volume> there =
                volumes.stream().filter(volume -> volume.total() > 0).toList();
        List<Volume> low = there.stream()
                .filter(volume -> volume.free() < limits.storageLow())
                .toList();
        low.stream()
                .min(Comparator.comparingLong(Volume::free))
                .ifPresent(least -> last(
                        STORAGE_LOW,
                        NO_LABELS,
                        null,
                        (least.free() >> 20) + " MiB are left for "
                                + low.stream().map(Volume::volume).collect(Collectors.joining(", "))));
        for (Volume volume : there) {
            FreeSpaceTrend trend = trends.computeIfAbsent(volume.volume(), unused -> new FreeSpaceTrend());
            trend.add(now, volume.free());
        }
        there.stream()
                .flatMap(volume -> trends
                        .get(volume.volume())
                        .fullIn(now)
                        .filter(in -> in.compareTo(FULL_WITHIN) < 0)
                        .map(in -> Map.entry(in, volume.volume()))
                        .stream())
                .min(Map.Entry.comparingByKey())
                .ifPresent(first -> found.add(new Condition(
                        STORAGE_FULL_PREDICTED,
                        NO_LABELS,
                        null,
                        Duration.ofMinutes(30),
                        "the disk of " + first.getValue() + " is full in " + text(first.getKey()))));
    }

    private void queue(Queue queue) {
        Map<String, String> label = Map.of("queue", queue.queue());
        if (queue.ready() > 0 && queue.consumers() == 0) {
            last(
                    QUEUE_WITHOUT_CONSUMER,
                    label,
                    null,
                    queue.ready() + " messages wait on " + queue.queue() + ", and no centre takes them");
        }
        if (isOld(queue.oldest())) {
            open(
                    DELIVERY_STUCK,
                    label,
                    queue.oldest().plus(limits.waiting()),
                    "a message waits on " + queue.queue() + " since " + queue.oldest());
        }
    }

    private void site(Peer site, Instant started) {
        Map<String, String> label = Map.of("site", site.site().value());
        Instant seen = site.lastSeen() == null || site.lastSeen().isBefore(started) ? started : site.lastSeen();
        if (site.connections() == 0 && seen.plus(limits.siteAway()).isBefore(now)) {
            open(
                    SITE_AWAY,
                    label,
                    site.lastSeen(),
                    site.site() + " is not connected"
                            + (site.lastSeen() == null ? ", and never was" : " since " + site.lastSeen()));
        }
        clock(label, "the clock of " + site.site(), site.clockOffset());
    }

    private void troubles(Troubles troubles) {
        troubles.missing()
                .forEach((site, count) -> last(
                        MESSAGES_MISSING,
                        Map.of("sender", site),
                        null,
                        count + " messages of " + site + " are missing"));
        troubles.paused()
                .forEach(queue -> last(INTAKE_PAUSED, Map.of("queue", queue), null, "nothing is taken from " + queue));
        troubles.keysUnusable()
                .forEach((site, state) -> last(
                        KEYS_UNUSABLE, Map.of("recipient", site), null, "the key bundle of " + site + " is " + state));
        if (isRecent(troubles.newestReceiptFault())) {
            open(
                    RECEIPT_FAULT,
                    NO_LABELS,
                    null,
                    troubles.receiptFaults() + " receipts did not hold, the newest at "
                            + troubles.newestReceiptFault());
        }
        if (troubles.verdicts() != null) {
            verdicts(troubles.verdicts());
        }
        if (troubles.topologyFaults() != null && troubles.topologyFaults() > 0) {
            open(TOPOLOGY_FAULT, NO_LABELS, null, "topology.yaml has a fault and is not taken up");
        }
    }

    private void verdicts(Verdicts verdicts) {
        if (isRecent(verdicts.newestRejected())) {
            open(
                    MESSAGE_REJECTED,
                    NO_LABELS,
                    null,
                    verdicts.rejected() + " messages were rejected by a recipient, the newest at "
                            + verdicts.newestRejected());
        }
        verdicts.overdue()
                .forEach((queue, count) -> open(
                        VERDICT_OVERDUE,
                        Map.of("queue", queue),
                        null,
                        "no verdict came in time on " + count + " messages of " + queue));
    }

    private void checks(Checks checks, Instant started) {
        if (checks.auditFindings() != null && checks.auditFindings() > 0) {
            open(AUDIT_FINDINGS, NO_LABELS, null, "the last audit has " + checks.auditFindings() + " findings");
        }
        Instant last = checks.lastBackup();
        if (last == null || last.isBefore(now.minus(limits.backupAge()))) {
            found.add(new Condition(
                    BACKUP_TOO_OLD,
                    NO_LABELS,
                    last == null ? started : last.plus(limits.backupAge()),
                    RECENT,
                    last == null ? "there is no good back-up" : "the last good back-up is of " + last));
        }
    }

    private static String text(Duration time) {
        return time.toDays() > 1 ? time.toDays() + " days" : Durations.text(time);
    }
}
