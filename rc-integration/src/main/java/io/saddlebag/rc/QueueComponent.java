package io.saddlebag.rc;

import io.saddlebag.folder.Outbox;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The scheme {@code hq-queue:<queue>?directory=<outbox>&prefetch=<deliveries>}: routes that begin with it get what
 * headquarters delivers from the queue, a frame an exchange.
 */
final class QueueComponent extends DefaultComponent {
    static final String SCHEME = "hq-queue";

    private static final int MAX_PREFETCH = 1000;

    private final SiteHome home;
    private final Subscriptions subscriptions;

    QueueComponent(SiteHome home, Subscriptions subscriptions) {
        this.home = home;
        this.subscriptions = subscriptions;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String queue, Map<String, Object> parameters) throws IOException {
        String directory = getAndRemoveParameter(parameters, "directory", String.class);
        int prefetch = prefetch(getAndRemoveParameter(parameters, "prefetch", String.class, "16"));
        if (queue.isBlank() || directory == null || directory.isBlank()) {
            throw new IllegalArgumentException(
                    "Expected a queue and a directory for the outbox, found queue '" + Printable.of(queue)
                            + "' and directory '" + Printable.of(directory) + "'. Set both parameters of the route");
        }
        Outbox outbox = new Outbox(home.resolve(directory));
        outbox.removeUnfinished();
        return new QueueEndpoint(uri, this, queue, prefetch, outbox, subscriptions);
    }

    /** @throws IllegalArgumentException when it is no number or out of its bounds */
    static int prefetch(String text) {
        try {
            int prefetch = Integer.parseInt(text);
            if (prefetch >= 1 && prefetch <= MAX_PREFETCH) {
                return prefetch;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one error below.
        }
        throw new IllegalArgumentException("Expected a prefetch from 1 to " + MAX_PREFETCH + ", found '"
                + Printable.of(text) + "'. Correct the route's parameter");
    }
}
