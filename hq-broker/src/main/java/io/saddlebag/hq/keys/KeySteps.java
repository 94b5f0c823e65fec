package io.saddlebag.hq.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
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
                    "Expected a key bundle for the network " + networkId.brief() + ", found one for "
                            + network.brief()
                            + ". Both sites need certificates of the same CA");
        }
        directory.register(bundle, HqProperties.frame(exchange).body());
    }

    /** The client gets the site's current bundle, if there is one, and again each new one. */
    public void followKeys(Exchange exchange) {
        SiteId site = site(HqProperties.frame(exchange));
        NewestSink.<KeyDirectory.Registered>begin(
                exchange, KeySteps::message, follower -> directory.follow(site, follower));
    }

    private static StompFrame message(String subscription, KeyDirectory.Registered keys) {
        String site = keys.site().value();
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(
                        Headers.MESSAGE_ID_OF_STOMP,
                        "keys/" + site + "/" + keys.mark().epoch() + "/"
                                + keys.mark().version())
                .header(Headers.DESTINATION, Headers.KEYS_PREFIX + site)
                .header(Headers.SITE_ID, site)
                .header(Headers.KEY_VERSION, keys.mark().version())
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, keys.envelope().length)
                .body(keys.envelope())
                .build();
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
