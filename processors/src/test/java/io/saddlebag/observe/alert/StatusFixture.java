package io.saddlebag.observe.alert;

import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Checks;
import io.saddlebag.observe.SiteStatus.DeadLetters;
import io.saddlebag.observe.SiteStatus.Failed;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.observe.SiteStatus.Waiting;
import java.time.Instant;
import java.util.List;

/** A status whose parts a test sets. It is well until then. */
final class StatusFixture {
    static final Instant BEGIN = Instant.parse("2025-10-08T09:00:00Z");

    Instant now = BEGIN;
    Link link;
    List<NodeLink> links = List.of();
    List<Waiting> waiting = List.of();
    List<Route> routes = List.of();
    Failed failed;
    List<Volume> volumes = List.of();
    List<Certificate> certificates = List.of();
    List<Queue> queues = List.of();
    List<Peer> sites = List.of();
    List<DeadLetters> deadLetters = List.of();
    List<Node> nodes = List.of();
    Troubles troubles = Troubles.NONE;
    Checks checks = new Checks(null, null, BEGIN);

    SiteStatus status() {
        return new SiteStatus(
                SiteStatus.FORMAT,
                SiteId.of("FL-LAB"),
                "laboratory",
                "unknown",
                1,
                BEGIN,
                now,
                null,
                true,
                link,
                links,
                waiting,
                List.of(),
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
                List.of(),
                List.of());
    }
}
