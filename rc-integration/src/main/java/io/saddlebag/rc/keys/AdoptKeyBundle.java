package io.saddlebag.rc.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step {@code adoptKeyBundle}: goes on from the bundle that headquarters holds, if it is this centre's own and newer. */
public final class AdoptKeyBundle implements Processor {
    /** The frame's body, before it was verified. */
    static final String ENVELOPE = "rcBundleEnvelope";

    private static final Logger LOG = LoggerFactory.getLogger(AdoptKeyBundle.class);

    private final ReceivingKeys keys;
    private final SiteId site;

    public AdoptKeyBundle(ReceivingKeys keys, SiteId site) {
        this.keys = keys;
        this.site = site;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!site.equals(signer)) {
            throw new Refusal(
                    Refusal.Code.WRONG_SENDER,
                    "Expected a key bundle signed by " + site + ", found one by " + signer
                            + "; headquarters handed out another site's");
        }
        byte[] bundle = exchange.getMessage().getBody(byte[].class);
        boolean isNew = keys.adopt(bundle, exchange.getProperty(ENVELOPE, byte[].class));
        if (isNew) {
            report(Json.read(bundle, KeyBundle.class));
        }
        exchange.setRouteStop(!isNew);
    }

    private void report(KeyBundle adopted) {
        List<String> lacking = keys.lacking(adopted);
        LOG.warn(
                "site={} goes on from version {} of its key bundle, which headquarters has and the journal had not, as after"
                        + " a restored back-up{}",
                site,
                adopted.version(),
                lacking.isEmpty()
                        ? ""
                        : "; identity/age.key lacks the keys " + lacking
                                + ": restore them, or what was sealed for them cannot be opened");
    }
}
