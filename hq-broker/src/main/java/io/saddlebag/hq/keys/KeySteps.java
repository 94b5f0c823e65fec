package io.saddlebag.hq.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;

/**
 * The steps that register a site's key bundle and hand it to those who follow it. {@link #registerKeys} blocks on the store,
 * the others never. Safe for any number of threads.
 */
public final class KeySteps {
    private final KeyDirectory directory;
    private final LiveTopology topology;
    private final Sha256 networkId;

    public KeySteps(KeyDirectory directory, LiveTopology topology, Sha256 networkId) {
        this.directory = directory;
        this.topology = topology;
        this.networkId = networkId;
    }

    /** Hands the bundle of a site that consumes a queue to the route that verifies. */
    public void readKeys(Exchange exchange) {
        SiteId site = HqProperties.session(exchange).site();
        if (!topology.current().receives(site)) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected keys of a site that consumes a queue, found " + site
                            + ". Headquarters permits it in topology.yaml, sites, consume");
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
        exchange.getMessage().setBody(HqProperties.frame(exchange).body());
    }

    /** The verified bundle is the connection's own site's, for this network; then it is stored. */
    public void registerKeys(Exchange exchange) throws StoreException {
        SiteId site = HqProperties.session(exchange).site();
        VerifiedBundle bundle = VerifiedBundle.of(exchange);
        if (!site.equals(bundle.signer())) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a key bundle signed by " + site + ", whose certificate this connection has, found one by "
                            + bundle.signer() + ". Register your own keys only");
        }
        Sha256 network = bundle.bundle().networkId();
        if (!network.equals(networkId)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a key bundle for the network " + networkId + ", found one for " + network
                            + ". Both sites need certificates of the same CA");
        }
        directory.register(bundle, HqProperties.frame(exchange).body());
    }

    /**
     * The client gets the site's current bundle, if there is one, and again each new one. Nothing is acknowledged. While a
     * client does not read, the newest bundle waits for it.
     */
    public void followKeys(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        SiteId site = site(frame);
        if (!session.connection().isWritable()) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Subscribe again when it"
                            + " is read");
        }
        AtomicReference<Runnable> end = new AtomicReference<>(() -> {});
        session.follow(id, () -> end.get().run());
        end.set(directory.follow(site, new KeysSink(id, session.connection())));
        if (session.isClosed()) {
            // The end that close() ran may have been the empty one.
            end.get().run();
        }
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
