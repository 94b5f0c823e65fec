package io.saddlebag.lab.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.KeyBundle;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Keeps the envelope at hand while its signature is verified. */
public final class KeepKeyEnvelope implements Processor {
    private static final String ENVELOPE = "keyEnvelope";

    @Override
    public void process(Exchange exchange) {
        exchange.setProperty(ENVELOPE, exchange.getIn().getBody(byte[].class));
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
    }

    static byte[] envelope(Exchange exchange) {
        return exchange.getProperty(ENVELOPE, byte[].class);
    }
}
