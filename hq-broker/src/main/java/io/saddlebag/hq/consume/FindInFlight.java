package io.saddlebag.hq.consume;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.Base64;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code findInFlight}: which delivery an ACK is about, and the delivery receipt that it brings, if it does. The
 * delivery stays in flight, so that an ACK that is refused changes nothing.
 */
public final class FindInFlight implements Processor {
    @Override
    public void process(Exchange exchange) {
        StompFrame frame = HqProperties.frame(exchange);
        String token = HqProperties.required(frame, Headers.ID);
        exchange.setProperty(
                HqProperties.DELIVERY, HqProperties.session(exchange).inFlight(token));
        exchange.setProperty(HqProperties.RECEIPT, receipt(frame));
    }

    private static byte[] receipt(StompFrame frame) {
        String header = frame.header(Headers.DELIVERY_RECEIPT);
        if (header == null) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(header);
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected in the header " + Headers.DELIVERY_RECEIPT + " a DSSE envelope in base64, found something"
                            + " else",
                    e);
        }
    }
}
