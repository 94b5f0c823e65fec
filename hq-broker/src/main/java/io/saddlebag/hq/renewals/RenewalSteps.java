package io.saddlebag.hq.renewals;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.RenewalRequest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that take a site's own request for new certificates, and tell the site what became of it. A site has one
 * request. All but {@link #readRenewal} touch the disk. Safe for any number of threads.
 */
public final class RenewalSteps {
    private static final Logger LOG = LoggerFactory.getLogger(RenewalSteps.class);

    private final RenewalFolder folder;
    private final Sha256 networkId;
    private final HandsOn handsOn;

    /** Hands a request to the other nodes; durable at return. */
    @FunctionalInterface
    public interface HandsOn {
        void requested(SiteId site, byte[] request) throws StoreException;
    }

    /** For the single headquarters. */
    public RenewalSteps(RenewalFolder folder, Sha256 networkId) {
        this(folder, networkId, (site, request) -> {});
    }

    /** @param handsOn hears of each request that is kept here */
    public RenewalSteps(RenewalFolder folder, Sha256 networkId, HandsOn handsOn) {
        this.folder = folder;
        this.networkId = networkId;
        this.handsOn = handsOn;
    }

    /** Hands the request to the route that verifies. */
    public void readRenewal(Exchange exchange) {
        byte[] request = HqProperties.frame(exchange).body();
        if (request.length > RenewalRequest.MAX_SIZE) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a request of at most " + RenewalRequest.MAX_SIZE + " bytes, found " + request.length);
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, RenewalRequest.TYPE);
        exchange.getMessage().setBody(request);
    }

    /** The verified request is the connection's own site's, for this network; then it is kept for the CA's keeper. */
    public void requestRenewal(Exchange exchange) throws IOException, StoreException {
        SiteId site = HqProperties.session(exchange).site();
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        RenewalRequest request = Json.readOrRefuse(exchange.getMessage().getBody(byte[].class), RenewalRequest.class);
        if (!site.equals(signer) || !site.equals(request.siteId())) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a request of " + site
                            + " signed by it, whose certificate this connection has, found one of " + request.siteId()
                            + " signed by " + signer + ". Ask in your own name only");
        }
        if (!networkId.equals(request.networkId())) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a request to the network " + networkId.brief() + ", found one to "
                            + request.networkId().brief() + ". Both sites need certificates of the same CA");
        }
        byte[] frame = HqProperties.frame(exchange).body();
        boolean isNew = folder.put(site, frame);
        handsOn.requested(site, frame);
        if (isNew) {
            LOG.warn(
                    "site={} asks for new certificates. Carry {} to the keeper of the CA",
                    site,
                    folder.requestOf(site));
        }
    }

    /** One frame says what became of the site's request. Nothing more comes on the subscription. */
    public void followRenewal(Exchange exchange) throws IOException {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        String destination = HqProperties.required(frame, Headers.DESTINATION);
        if (!destination.equals(Headers.RENEWAL_PREFIX + session.site())) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a subscription to " + Headers.RENEWAL_PREFIX + session.site()
                            + ", whose certificate this connection has, found '" + Printable.of(destination)
                            + "'. Subscribe to your own");
        }
        if (!session.connection().isWritable()) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Subscribe again when it"
                            + " is read");
        }
        RenewalFolder.Found found = folder.find(session.site());
        session.follow(id, () -> {});
        session.connection()
                .send(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.SUBSCRIPTION, id)
                        .header(Headers.MESSAGE_ID_OF_STOMP, "renewal/" + session.site())
                        .header(Headers.DESTINATION, destination)
                        .header(Headers.STATE, found.state().name().toLowerCase(Locale.ROOT))
                        .header(Headers.REQUEST_SHA256, found.request())
                        .header(Headers.CONTENT_LENGTH, found.body().length)
                        .body(found.body())
                        .build());
    }
}
