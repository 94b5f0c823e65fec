package io.saddlebag.rc.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal.SignedBundle;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.StompClient;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The steps of the routes in {@code keys.camel.yaml}: the centre's key bundle is made, signed and registered at
 * headquarters, or adopted from there when the journal was lost. For any number of threads.
 */
public final class KeySteps {
    /** True when the body is a bundle to sign. */
    static final String TO_SIGN = "rcBundleToSign";
    /** The bundle's bytes while they are signed. */
    static final String BUNDLE = "rcBundle";
    /** The identity whose turn it is to sign, though a renewal may come in between. */
    static final String SIGNED_BY = "rcBundleSigner";
    /** The body of a frame from {@code /keys}, before it is verified. */
    static final String ENVELOPE = "rcBundleEnvelope";

    private static final Logger LOG = LoggerFactory.getLogger(KeySteps.class);

    private final ReceivingKeys keys;
    private final OpeningKeys identities;
    private final HqLinks links;
    private final CurrentIdentity identity;
    private final SiteId site;
    /** Why headquarters did not take the bundle the last time; null when it did, or was not asked. */
    private volatile String refused;

    public KeySteps(ReceivingKeys keys, OpeningKeys identities, HqLinks links, CurrentIdentity identity) {
        this.keys = keys;
        this.identities = identities;
        this.links = links;
        this.identity = identity;
        this.site = identity.now().site();
    }

    /** Step {@code lookAtAgeKeys}: takes up a changed {@code identity/age.key}; the route ends here while it is as it was. */
    public void lookAtAgeKeys(Exchange exchange) {
        if (!identities.look()) {
            exchange.setRouteStop(true);
        }
    }

    /**
     * Step {@code lookForRefusal}: the route ends here unless headquarters refused the bundle the last time, as it does while
     * its topology lacks this centre.
     */
    public void lookForRefusal(Exchange exchange) {
        if (refused == null) {
            exchange.setRouteStop(true);
        }
    }

    /** Step {@code findKeyBundle}: the body becomes the journal's signed envelope, or else a new bundle to sign. */
    public void findKeyBundle(Exchange exchange) {
        SiteIdentity signer = identity.now();
        Optional<SignedBundle> signed = keys.signed(signer.epoch());
        exchange.setProperty(TO_SIGN, signed.isEmpty());
        if (signed.isPresent()) {
            exchange.getMessage().setBody(signed.get().envelope());
        } else {
            byte[] bundle = Json.write(keys.next(signer.epoch()));
            exchange.setProperty(BUNDLE, bundle);
            exchange.setProperty(SIGNED_BY, signer);
            exchange.setProperty(SignatureProperties.SIGN_AS, signer);
            exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
            exchange.getMessage().setBody(bundle);
        }
    }

    /** Step {@code keepKeyBundle}: a signed bundle is in the journal before another site sees it. */
    public void keepKeyBundle(Exchange exchange) {
        keys.keep(
                exchange.getProperty(SIGNED_BY, SiteIdentity.class).epoch(),
                exchange.getProperty(BUNDLE, byte[].class),
                exchange.getMessage().getBody(byte[].class));
    }

    /**
     * Step {@code registerKeyBundle}: sends the bundle to headquarters, which knows it already except the first time. When
     * headquarters holds a later or another one, asks for that one once more: it may have come while this one was made.
     */
    public boolean registerKeyBundle(Exchange exchange, AsyncCallback callback) {
        StompFrame register = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.KEYS)
                .body(exchange.getMessage().getBody(byte[].class))
                .build();
        StompClient link = links.any();
        link.request(register).whenComplete((receipt, failure) -> {
            if (failure == null) {
                refused = null;
                LOG.info("site={} key bundle registered", site);
            } else if (failure instanceof Refusal refusal
                    && (refusal.code() == Refusal.Code.ROLLBACK || refusal.code() == Refusal.Code.CONFLICT)) {
                LOG.warn(
                        "site={} headquarters holds another key bundle of this site, asked for it: {}",
                        site,
                        Printable.reason(refusal.reason()));
                StompFrame again = HqEndpoint.subscribe(Headers.KEYS_PREFIX + site);
                link.send(StompFrame.of(StompCommand.UNSUBSCRIBE)
                        .header(Headers.ID, again.header(Headers.ID))
                        .build());
                link.send(again);
            } else {
                String reason = String.valueOf(failure.getMessage());
                LOG.atLevel(reason.equals(refused) ? Level.DEBUG : Level.WARN)
                        .log("site={} key bundle not registered: {}", site, Printable.reason(reason));
                // After a lost connection, the next one registers it; another node that is there takes it now.
                refused = failure instanceof Refusal || links.any() != link ? reason : null;
            }
            callback.done(false);
        });
        return false;
    }

    /** Step {@code takeKeyFrame}: the body becomes the envelope of a MESSAGE from {@code /keys}, ready to be verified. */
    public void takeKeyFrame(Exchange exchange) {
        byte[] envelope = exchange.getMessage().getBody(StompFrame.class).body();
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
        exchange.setProperty(ENVELOPE, envelope);
        exchange.getMessage().setBody(envelope);
    }

    /**
     * Step {@code adoptKeyBundle}: keeps the bundle that headquarters holds, if it is this centre's own and newer; otherwise
     * the route ends here.
     */
    public void adoptKeyBundle(Exchange exchange) {
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!site.equals(signer)) {
            throw new Refusal(
                    Refusal.Code.WRONG_SENDER,
                    "Expected a key bundle signed by " + site + ", found one by " + signer
                            + "; headquarters handed out another site's");
        }
        byte[] bundle = exchange.getMessage().getBody(byte[].class);
        VerifiedBundle held = VerifiedBundle.of(exchange);
        try {
            if (keys.adopt(
                    held,
                    bundle,
                    exchange.getProperty(ENVELOPE, byte[].class),
                    identity.now().epoch())) {
                report(held.bundle());
                return;
            }
        } catch (Refusal e) {
            LOG.error(
                    "site={} headquarters holds a key bundle in this site's name that no bundle of this site can follow: {}",
                    site,
                    Printable.reason(e.reason()));
        }
        exchange.setRouteStop(true);
    }

    private void report(KeyBundle adopted) {
        List<String> lacking = keys.lacking(adopted);
        if (lacking.isEmpty()) {
            LOG.warn(
                    "site={} continues from version {} of its key bundle, which headquarters has and the journal had not,"
                            + " as after a restored back-up",
                    site,
                    adopted.version());
        } else {
            LOG.error(
                    "site={} headquarters handed out version {} of this site's key bundle, which this site did not make, with"
                            + " the keys {} that identity/age.key lacks. A new version replaces it. Restore the newest age.key"
                            + " if a back-up was restored; otherwise somebody else has signing.key: revoke it",
                    site,
                    adopted.version(),
                    lacking);
        }
    }
}
