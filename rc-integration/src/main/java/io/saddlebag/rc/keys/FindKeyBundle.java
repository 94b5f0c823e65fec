package io.saddlebag.rc.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code findKeyBundle}: the envelope that the journal holds, or else a new bundle that has yet to be signed. */
public final class FindKeyBundle implements Processor {
    /** True when the body is a bundle to sign. */
    static final String TO_SIGN = "rcBundleToSign";
    /** The bundle's bytes while they are signed. */
    static final String BUNDLE = "rcBundle";

    private final ReceivingKeys keys;

    public FindKeyBundle(ReceivingKeys keys) {
        this.keys = keys;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Optional<RcJournal.SignedBundle> signed = keys.signed();
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
}
