package io.saddlebag.rc.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.records.RcJournal.SignedBundle;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import io.saddlebag.stomp.client.StompClient;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the routes in {@code keys.camel.yaml}: the centre's key bundle is made, signed and registered at
 * headquarters, or adopted from there when the journal was lost. For any number of threads.
 */
public final class KeySteps {
    /** True when the body is a bundle to sign. */
    static final String TO_SIGN = "rcBundleToSign";
    /** The bundle's bytes while they are signed. */
    static final String BUNDLE = "rcBundle";
    /** The body of a frame from {@code /keys}, before it is verified. */
    static final String ENVELOPE = "rcBundleEnvelope";

    private static final Logger LOG = LoggerFactory.getLogger(KeySteps.class);

    private final ReceivingKeys keys;
    private final RcJournal journal;
    private final StompClient link;
    private final SiteId site;

    public KeySteps(ReceivingKeys keys, RcJournal journal, StompClient link, SiteId site) {
        this.keys = keys;
        this.journal = journal;
        this.link = link;
        this.site = site;
    }

    /** Step {@code findKeyBundle}: the body becomes the journal's signed envelope, or else a new bundle to sign. */
    public void findKeyBundle(Exchange exchange) {
        Optional<SignedBundle> signed = keys.signed();
        exchange.setProperty(TO_SIGN, signed.isEmpty());
        if (signed.isPresent()) {
            exchange.getMessage().setBody(signed.get().envelope());
        } else {
            byte[] bundle = Json.write(keys.next());
            exchange.setProperty(BUNDLE, bundle);
            exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
            exchange.getMessage().setBody(bundle);
        }
    }

    /** Step {@code keepKeyBundle}: a signed bundle is in the journal before another site sees it. */
    public void keepKeyBundle(Exchange exchange) {
        byte[] bundle = exchange.getProperty(BUNDLE, byte[].class);
        journal.keep(new SignedBundle(
                Json.read(bundle, KeyBundle.class).version(),
                bundle,
                exchange.getMessage().getBody(byte[].class)));
    }

    /**
     * Step {@code registerKeyBundle}: sends the bundle to headquarters, which knows it already except the first time. When
     * headquarters holds a later or another one, this centre lost its journal: it asks for that one.
     */
    public boolean registerKeyBundle(Exchange exchange, AsyncCallback callback) {
        StompFrame register = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.KEYS)
                .body(exchange.getMessage().getBody(byte[].class))
                .build();
        link.request(register).whenComplete((receipt, failure) -> {
            if (failure == null) {
                LOG.info("site={} key bundle registered", site);
            } else if (failure instanceof Refusal refusal
                    && (refusal.code() == Refusal.Code.ROLLBACK || refusal.code() == Refusal.Code.CONFLICT)) {
                LOG.info(
                        "site={} headquarters holds another key bundle, asked for it: {}",
                        site,
                        Printable.of(refusal.reason()));
                link.send(HqEndpoint.subscribe(Headers.KEYS_PREFIX + site));
            } else {
                LOG.warn("site={} key bundle not registered: {}", site, Printable.of(failure.getMessage()));
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
        if (!keys.adopt(bundle, exchange.getProperty(ENVELOPE, byte[].class))) {
            exchange.setRouteStop(true);
            return;
        }
        KeyBundle adopted = Json.read(bundle, KeyBundle.class);
        List<String> lacking = keys.lacking(adopted);
        LOG.warn(
                "site={} continues from version {} of its key bundle, which headquarters has and the journal had not, as after"
                        + " a restored back-up{}",
                site,
                adopted.version(),
                lacking.isEmpty()
                        ? ""
                        : "; identity/age.key lacks the keys " + lacking
                                + ": restore them, or what was sealed for them cannot be opened");
    }
}
