package io.saddlebag.hq.keys;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code followKeys}: the client gets the site's bundle at once, when there is one, and again whenever it changes.
 * Nothing is acknowledged. While a client does not read, the newest bundle waits for it.
 */
public final class FollowKeys implements Processor {
    private final KeyDirectory directory;
    private final LiveTopology topology;

    public FollowKeys(KeyDirectory directory, LiveTopology topology) {
        this.directory = directory;
        this.topology = topology;
    }

    @Override
    public void process(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        SiteId site = site(frame);
        if (!session.link().isWritable()) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Subscribe again when it"
                            + " is read");
        }
        AtomicReference<Runnable> end = new AtomicReference<>(() -> {});
        session.follow(id, () -> end.get().run());
        end.set(directory.follow(site, new KeysOutlet(id, session.link())));
    }

    private SiteId site(StompFrame frame) {
        String name = HqProperties.required(frame, Headers.DESTINATION).substring(Headers.KEYS_PREFIX.length());
        try {
            SiteId site = SiteId.of(name);
            if (topology.current().knows(site)) {
                return site;
            }
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
        throw new Refusal(
                Code.UNKNOWN_DESTINATION,
                "Expected a site of the topology, found '" + Printable.of(name) + "'. Correct the destination");
    }
}
