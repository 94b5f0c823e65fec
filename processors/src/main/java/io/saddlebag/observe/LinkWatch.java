package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.client.StompClient;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Notes since when a site's link to headquarters is up or down. For any number of threads. */
public final class LinkWatch {
    private final StompClient link;
    private volatile StompConnection newest;
    private volatile Instant since;

    /** Make it before the link connects. */
    public LinkWatch(StompClient link, Clock clock) {
        this.link = link;
        this.since = now(clock);
        link.onConnected(connection -> {
            newest = connection;
            since = now(clock);
            connection.onClose(() -> {
                if (newest == connection) {
                    since = now(clock);
                }
            });
        });
    }

    private static Instant now(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    NodeLink ofNode() {
        Link now = now();
        return new NodeLink(link.place(), now.state(), now.since(), now.error());
    }

    public Link now() {
        StompConnection connection = link.connection();
        StompConnection last = newest;
        return new Link(
                connection != null ? "up" : "down",
                since,
                last == null ? null : last.peer(),
                last == null ? null : last.remoteAddress(),
                link.serverClock().map(clock -> clock.ahead().toMillis() / 1e3).orElse(null),
                connection != null ? null : link.lastFault());
    }
}
