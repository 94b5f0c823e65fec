package io.saddlebag.hq.publish;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code readUnverified}, in the place of {@code direct:verify} when hq.verify-manifests is off: takes the
 * connection's site for the signer. Receivers verify all the same.
 */
public final class ReadUnverified implements Processor {
    @Override
    public void process(Exchange exchange) {
        byte[] envelope = exchange.getMessage().getBody(byte[].class);
        exchange.setProperty(
                SignatureProperties.SIGNER, HqProperties.session(exchange).site());
        exchange.getMessage().setBody(Envelope.parse(envelope).payload());
    }
}
