package io.saddlebag.hq.consume;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.DeliveryReceipt;
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
