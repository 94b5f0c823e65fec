package io.saddlebag.dsse;

import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/** Puts DSSE's pre-authentication encoding in the place of the payload, and keeps the payload. For any thread. */
final class EncodeForSigning implements Processor {
    static final String PAYLOAD = "dssePayload";

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        byte[] payload = exchange.getMessage().getMandatoryBody(byte[].class);
        exchange.setProperty(PAYLOAD, payload);
        exchange.getMessage().setBody(Envelope.preAuthenticationEncoding(PayloadType.of(exchange), payload));
    }
}
