package io.saddlebag.lab.chain;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Manifest;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes a manifest that headquarters has of this laboratory out of its frame and says what signature to expect. */
public final class ReadChainFrame implements Processor {
    static final String ENVELOPE = "chainEnvelope";

    @Override
    public void process(Exchange exchange) {
        byte[] envelope = exchange.getIn().getBody(StompFrame.class).body();
        exchange.getIn().setBody(envelope);
        exchange.setProperty(ENVELOPE, envelope);
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
    }
}
