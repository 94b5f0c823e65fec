package io.saddlebag.lab;

import io.saddlebag.message.Manifest;
import io.saddlebag.seal.SignatureProperties;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Hands the manifest's JSON to the route that signs. */
final class TakeManifest implements Processor {
    @Override
    public void process(Exchange exchange) {
        exchange.getIn().setBody(LabExchange.outgoing(exchange).manifest());
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
    }
}
