package io.saddlebag.lab.outgoing;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.message.Manifest;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Hands the manifest's JSON to the route that signs. */
public final class TakeManifest implements Processor {
    @Override
    public void process(Exchange exchange) {
        exchange.getIn().setBody(LabExchange.outgoing(exchange).manifest());
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
    }
}
