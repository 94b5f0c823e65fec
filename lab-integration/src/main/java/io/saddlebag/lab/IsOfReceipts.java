package io.saddlebag.lab;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether a frame that headquarters sent unasked tells of deliveries. */
final class IsOfReceipts implements Predicate {
    @Override
    public boolean matches(Exchange exchange) {
        String destination = exchange.getIn().getBody(StompFrame.class).header(Headers.DESTINATION);
        return destination != null && destination.startsWith(Headers.RECEIPTS_PREFIX);
    }
}
