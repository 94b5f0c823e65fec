package io.saddlebag.hq.keys;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code followKeys}: the client gets the site's bundle at once, when there is one, and again whenever it changes.
 * Nothing is acknowledged.
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
        AtomicReference<Runnable> end = new AtomicReference<>(() -> {});
        session.follow(id, () -> end.get().run());
        end.set(directory.follow(site, keys -> session.link().send(message(id, keys))));
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

    private static StompFrame message(String subscription, RegisteredKeys keys) {
        String site = keys.bundle().siteId().value();
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(
                        Headers.MESSAGE_ID_OF_STOMP,
                        "keys/" + site + "/" + keys.bundle().version())
                .header(Headers.DESTINATION, Headers.KEYS_PREFIX + site)
                .header("site_id", site)
                .header("key-version", keys.bundle().version())
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, keys.envelope().length)
                .body(keys.envelope())
                .build();
    }
}
