package io.saddlebag.observe;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The content of {@code run/status.json}, as docs/formats.md has it: one look at a site, made every 15 seconds. A value that a
 * kind of site lacks is null, a list empty. The last one of a site that stopped has {@code stopped}.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SiteStatus(
        String format,
        SiteId site,
        String role,
        String version,
        long pid,
        Instant started,
        Instant written,
        Instant stopped,
        boolean ready,
        Link link,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NodeLink> links,
        List<Waiting> waiting,
        List<UnderWay> underWay,
        List<Route> routes,
        Failed failed,
        List<Volume> volumes,
        List<Certificate> certificates,
        List<Queue> queues,
        List<Peer> sites,
        List<DeadLetters> deadLetters,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Node> nodes,
        Troubles troubles,
        Checks checks,
        List<Minute> lastHour,
        List<Alert> alerts) {
    public static final String FORMAT = "saddlebag-status/1";
    /** The use of a {@link Certificate} that is none, but a revocation list. */
    public static final String REVOCATION_LIST = "revocation-list";

    public SiteStatus {
        Objects.requireNonNull(site, "site");
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(written, "written");
        // Absent before 1.1.0.
        links = links == null ? List.of() : List.copyOf(links);
        waiting = List.copyOf(waiting);
        underWay = List.copyOf(underWay);
        routes = List.copyOf(routes);
        volumes = List.copyOf(volumes);
        certificates = List.copyOf(certificates);
        queues = List.copyOf(queues);
        sites = List.copyOf(sites);
        deadLetters = List.copyOf(deadLetters);
        // Absent before 1.1.0.
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
        lastHour = List.copyOf(lastHour);
        alerts = List.copyOf(alerts);
    }

    /**
     * The connection to headquarters.
     *
     * @param state {@code up} or {@code down}
     * @param clockOffset headquarters' clock against this site's in seconds; null before the first connection
     * @param error why there is none; null while there is one
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Link(String state, Instant since, SiteId peer, String address, Double clockOffset, String error) {
        public boolean isUp() {
            return state.equals("up");
        }
    }

    /**
     * The connection to one of several nodes of headquarters.
     *
     * @param node its address as the settings have it
     * @param state {@code up} or {@code down}
     * @param error why there is none; null while there is one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeLink(String node, String state, Instant since, String error) {
        public boolean isUp() {
            return state.equals("up");
        }
    }

    /**
     * Files or receipts that wait.
     *
     * @param oldest null when it is not known
     * @param reason a sentence for people; null when nothing holds them up
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Waiting(String what, String state, long count, long bytes, Instant oldest, String reason) {}

    /**
     * Work on one message.
     *
     * @param direction {@code out} or {@code in}
     * @param work one word, such as {@code sealing}
     * @param name of the file; null where it is not known
     * @param total null when it is not known
     * @param rate bytes a second since the last look
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record UnderWay(
            String direction,
            String work,
            String messageId,
            String name,
            long bytes,
            Long total,
            Instant since,
            double rate) {
        /** Subjects are message ids, those of a laboratory with the file's name in brackets. */
        public static List<UnderWay> all(String direction, List<WorkUnderWay.Progress> work, Instant now) {
            return work.stream()
                    .map(each -> {
                        String[] subject = each.subject().split(" \\(", 2);
                        return new UnderWay(
                                direction,
                                each.work(),
                                subject[0],
                                subject.length == 1 ? null : subject[1].substring(0, subject[1].length() - 1),
                                each.done(),
                                each.total() < 0 ? null : each.total(),
                                now.minus(each.age()),
                                each.rate());
                    })
                    .toList();
        }
    }

    /**
     * A drop folder or an outbox.
     *
     * @param messages since the start
     * @param last the newest message, of earlier runs too
     * @param since when the site first had the route
     * @param expect seconds that may pass between two messages; null when nothing is expected
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Route(
            String route, String folder, long messages, long bytes, Instant last, Instant since, Long expect) {}

    /** The files in {@code failed/}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Failed(long count, Instant newest) {}

    /** The disk of a folder, in bytes. */
    public record Volume(String volume, long free, long total) {}

    /** A certificate, a key bundle or a revocation list, and when it ends. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Certificate(String use, Instant notAfter) {}

    /** The deliveries that wait on a queue of headquarters. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Queue(
            String queue, long ready, long unacknowledged, long delayed, long bytes, Instant oldest, int consumers) {}

    /**
     * A site of headquarters' topology.
     *
     * @param lastSeen null when it was never connected
     * @param clockOffset its clock against headquarters' in seconds; null while it is away
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Peer(SiteId site, long connections, Instant lastSeen, Double clockOffset) {}

    public record DeadLetters(String queue, long count) {}

    /**
     * One of several headquarters on a database, as of its last start.
     *
     * @param state {@code ready}; {@code silent} without a sign of life; {@code behind} while it works by another topology
     *     than the newest; {@code ended} when it stopped or another node ended it
     * @param beatAge seconds since its last sign of life
     * @param ended null while it has not
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Node(
            String name, String address, String version, String state, Instant started, double beatAge, Instant ended) {
        public boolean isReady() {
            return state.equals("ready");
        }
    }

    /**
     * Counts of what should not be.
     *
     * @param missing by sender or recipient, messages that later ones overtook
     * @param keysUnusable by recipient that had a bundle, why files for it cannot be sealed
     * @param paused queues whose deliveries are left at headquarters
     * @param receiptFaults receipts that did not hold, since the start
     * @param newestReceiptFault null when there was none
     * @param topologyFaults 1 while the file of the topology is not taken up; null where there is none
     * @param verdicts on messages; null where there are none
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Troubles(
            Map<String, Long> missing,
            Map<String, String> keysUnusable,
            List<String> paused,
            long receiptFaults,
            Instant newestReceiptFault,
            Long topologyFaults,
            Verdicts verdicts) {
        public static final Troubles NONE = new Troubles(Map.of(), Map.of(), List.of(), 0, null, null, null);
    }

    /**
     * The verdicts of outboxes' readers, and those that are overdue.
     *
     * @param rejected messages that a recipient rejected, since the start; 0 at a centre
     * @param newestRejected when the laboratory heard of the newest; null when it heard of none
     * @param overdue by queue, messages without a verdict for longer than its route allows; none at a laboratory
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Verdicts(long rejected, Instant newestRejected, Map<String, Long> overdue) {}

    /** When a person last made sure; each is null when nobody did. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Checks(Instant lastAudit, Long auditFindings, Instant lastBackup) {}

    /** Messages that came and that left within a minute. */
    public record Minute(Instant minute, long in, long out) {}

    /** An alert that is open; see docs/operators.md. */
    public record Alert(
            String name, String severity, Map<String, String> labels, Instant since, String summary, String remedy) {}

    /** The same look, judged. */
    SiteStatus with(List<Alert> open) {
        return new SiteStatus(
                format,
                site,
                role,
                version,
                pid,
                started,
                written,
                stopped,
                ready,
                link,
                links,
                waiting,
                underWay,
                routes,
                failed,
                volumes,
                certificates,
                queues,
                sites,
                deadLetters,
                nodes,
                troubles,
                checks,
                lastHour,
                open);
    }

    public static Path file(SiteHome home) {
        return home.run().resolve("status.json");
    }

    /** The last one that the site wrote; empty when it never did. The lock tells if the site runs, not this. */
    public static Optional<SiteStatus> read(SiteHome home) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file(home)), SiteStatus.class));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
