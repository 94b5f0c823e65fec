package io.saddlebag.cli.status;

import io.saddlebag.message.Printable;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Minute;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.observe.SiteStatus.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** The lines of one home. Names from elsewhere are escaped. */
final class StatusScreen {
    private final SeenSite seen;
    private final SiteStatus status;
    private final Instant now;
    private final List<String> lines = new ArrayList<>();

    private StatusScreen(SeenSite seen, Instant now) {
        this.seen = seen;
        this.status = seen.status();
        this.now = now;
    }

    static List<String> of(SeenSite seen, Instant now) {
        StatusScreen screen = new StatusScreen(seen, now);
        if (seen.status() == null) {
            screen.lines.add(seen.home() + (seen.running() ? ": starts" : ": never ran"));
        } else {
            screen.fill();
        }
        return screen.lines;
    }

    private void fill() {
        lines.add(Printable.reason(
                status.site() + " (" + status.role() + ", " + status.version() + ", " + seen.home() + ") " + state()));
        if (status.link() != null) {
            line("link", link(status.link()));
        }
        status.links()
                .forEach(each -> line(
                        "node",
                        each.node() + " is " + each.state() + " since " + Amounts.since(each.since(), now)
                                + (each.error() == null ? "" : ": " + each.error())));
        status.alerts().forEach(alert -> {
            line("alert", alert.name() + " since " + Amounts.since(alert.since(), now) + ": " + alert.summary());
            line("", alert.remedy());
        });
        status.waiting().forEach(each -> line("waiting", waiting(each)));
        status.underWay().forEach(each -> line("under way", underWay(each)));
        status.queues().forEach(each -> line("queue", queue(each)));
        status.deadLetters().forEach(each -> line("dead", each.count() + " dead letters of " + each.queue()));
        status.nodes().forEach(each -> line("node", node(each)));
        status.sites().forEach(each -> line("site", site(each)));
        status.routes().forEach(each -> line("route", route(each)));
        if (status.failed() != null && status.failed().count() > 0) {
            line(
                    "failed",
                    status.failed().count() + " files"
                            + (status.failed().newest() == null
                                    ? ""
                                    : ", the newest "
                                            + Amounts.since(status.failed().newest(), now)));
        }
        status.volumes().stream()
                .collect(Collectors.groupingBy(
                        each -> each.free() + "/" + each.total(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(same -> line("disk", disk(same)));
        status.certificates().forEach(each -> line("ends", certificate(each)));
        line(
                "last hour",
                status.lastHour().stream().mapToLong(Minute::in).sum() + " in, "
                        + status.lastHour().stream().mapToLong(Minute::out).sum() + " out");
    }

    private void line(String what, String text) {
        lines.add(String.format("  %-10s%s", what, Printable.reason(text)));
    }

    private String state() {
        if (seen.running()) {
            return "runs since " + Amounts.since(status.started(), now);
        }
        return status.stopped() != null
                ? "is stopped since " + Amounts.since(status.stopped(), now)
                : "does not run and did not stop in order; its last word is of " + Amounts.since(status.written(), now);
    }

    private String link(Link link) {
        return link.state() + " since " + Amounts.since(link.since(), now)
                + (link.peer() == null ? "" : ", " + link.peer() + " at " + link.address())
                + (link.error() == null ? "" : ": " + link.error());
    }

    private String waiting(Waiting waiting) {
        return waiting.count() + " " + waiting.what() + " " + waiting.state()
                + (waiting.bytes() == 0 ? "" : ", " + Amounts.bytes(waiting.bytes()))
                + (waiting.oldest() == null ? "" : ", the oldest since " + Amounts.since(waiting.oldest(), now))
                + (waiting.reason() == null ? "" : ": " + waiting.reason());
    }

    private static String underWay(UnderWay work) {
        String text = work.work() + " " + work.messageId() + (work.name() == null ? "" : " (" + work.name() + ")")
                + ", " + Amounts.bytes(work.bytes());
        if (work.total() != null) {
            text += " of " + Amounts.bytes(work.total()) + " (" + work.bytes() * 100 / Math.max(1, work.total())
                    + " %)";
        }
        text += ", " + Amounts.bytes(work.rate()) + "/s";
        return work.total() == null || work.rate() < 1
                ? text
                : text + ", "
                        + Amounts.time(Duration.ofSeconds((long) ((work.total() - work.bytes()) / work.rate())))
                        + " left";
    }

    private String queue(Queue queue) {
        return queue.queue() + ": " + queue.ready() + " ready, " + queue.unacknowledged() + " unacknowledged, "
                + queue.delayed() + " delayed, " + Amounts.bytes(queue.bytes()) + ", " + queue.consumers()
                + (queue.consumers() == 1 ? " consumer" : " consumers")
                + (queue.oldest() == null ? "" : ", the oldest since " + Amounts.since(queue.oldest(), now));
    }

    private String node(Node node) {
        return node.name() + " (" + node.address() + ", " + node.version() + "): " + node.state() + " since "
                + Amounts.since(node.ended() == null ? node.started() : node.ended(), now);
    }

    private String site(Peer site) {
        return site.site() + ": "
                + (site.connections() > 0
                        ? "connected"
                        : site.lastSeen() == null
                                ? "was never connected"
                                : "away since " + Amounts.since(site.lastSeen(), now));
    }

    private String route(Route route) {
        return route.route() + " (" + route.folder() + "): "
                + (route.last() == null ? "nothing yet" : "last " + Amounts.since(route.last(), now)) + ", "
                + route.messages() + " since the start, " + Amounts.bytes(route.bytes())
                + (route.expect() == null
                        ? ""
                        : ", expected every " + Amounts.time(Duration.ofSeconds(route.expect())));
    }

    /** The folders on one disk. */
    private static String disk(List<Volume> same) {
        Volume volume = same.get(0);
        return same.stream().map(Volume::volume).collect(Collectors.joining(", ")) + ": " + Amounts.bytes(volume.free())
                + " free of " + Amounts.bytes(volume.total()) + " (" + volume.free() * 100 / Math.max(1, volume.total())
                + " %)";
    }

    private String certificate(Certificate certificate) {
        Duration left = Duration.between(now, certificate.notAfter());
        return certificate.use() + ": "
                + (left.isNegative() ? "ended " + Amounts.time(left) + " ago" : Amounts.time(left) + " left");
    }
}
