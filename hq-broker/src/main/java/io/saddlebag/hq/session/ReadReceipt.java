package io.saddlebag.hq.session;

import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.seal.SignatureProperties;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code readReceipt}: hands the delivery receipt's envelope to the route that verifies. */
public final class ReadReceipt implements Processor {
    @Override
    public void process(Exchange exchange) {
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, DeliveryReceipt.TYPE);
        exchange.getMessage().setBody(exchange.getProperty(HqProperties.RECEIPT, byte[].class));
    }
}
