package io.saddlebag.rc;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.SignatureProperties;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code adoptKeyBundle}: goes on from the bundle that headquarters holds, if it is this centre's own and newer. */
final class AdoptKeyBundle implements Processor {
    /** The frame's body, before it was verified. */
    static final String ENVELOPE = "rcBundleEnvelope";

    private final ReceivingKeys keys;
    private final SiteId site;

    AdoptKeyBundle(ReceivingKeys keys, SiteId site) {
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
        boolean isNew =
                keys.adopt(exchange.getMessage().getBody(byte[].class), exchange.getProperty(ENVELOPE, byte[].class));
        exchange.setRouteStop(!isNew);
    }
}
