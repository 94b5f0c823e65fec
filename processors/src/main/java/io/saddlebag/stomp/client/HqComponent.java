package io.saddlebag.stomp.client;

import io.saddlebag.message.Printable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The scheme {@code hq:<kind>/<name>}: the destinations of headquarters, over the site's links. The component
 * connects them when every route has started, and again with growing pauses (see {@link Backoff}); no attempt makes the start
 * wait. It closes them when every route has stopped, so that answers still come in while routes drain.
 */
public final class HqComponent extends DefaultComponent {
    public static final String SCHEME = "hq";

    private static final Set<String> KINDS =
            Set.of("keys", "receipts", "chain", "log", HqEndpoint.REVOCATIONS, HqEndpoint.EXCHANGE);

    private final HqLinks links;
    private final Map<String, EndpointFactory> others;
    private volatile List<LinkKeeper> keepers = List.of();

    /** Makes the endpoints of a kind that an application adds. Their setters take the parameters of the URI. */
    @FunctionalInterface
    public interface EndpointFactory {
        Endpoint create(String uri, HqComponent component, String name);
    }

    public HqComponent(StompClient client) {
        this(HqLinks.of(client), Map.of());
    }

    /** @param others by kind, such as {@code queue} */
    public HqComponent(HqLinks links, Map<String, EndpointFactory> others) {
        this.links = links;
        this.others = Map.copyOf(others);
        links.any().identity.onRenewal(() -> keepers.forEach(LinkKeeper::renewed));
    }

    HqLinks links() {
        return links;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String destination, Map<String, Object> parameters) {
        String[] parts = destination.split("/", 2);
        String kind = parts[0];
        String name = parts.length == 1 ? "" : parts[1];
        if (others.containsKey(kind)) {
            return others.get(kind).create(uri, this, name);
        }
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException("Expected a destination of headquarters such as " + SCHEME
                    + ":keys/CA-RC, found " + SCHEME + ":" + Printable.of(destination) + ". Correct the route");
        }
        return new HqEndpoint(uri, this, kind, name);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        List<LinkKeeper> made = links.all().stream().map(LinkKeeper::new).toList();
        keepers = made;
        // No frame may come before all routes have started. Camel calls again for each route that is added later, and
        // another connection would take the place of this one.
        AtomicBoolean begun = new AtomicBoolean();
        getCamelContext().addStartupListener((context, alreadyStarted) -> {
            if (begun.compareAndSet(false, true)) {
                made.forEach(LinkKeeper::connect);
            }
        });
    }

    /** Camel stops components after all routes. */
    @Override
    protected void doStop() throws Exception {
        keepers.forEach(LinkKeeper::stop);
        super.doStop();
    }
}
