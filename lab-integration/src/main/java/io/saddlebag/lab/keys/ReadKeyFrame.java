package io.saddlebag.lab.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the signed key bundle out of a frame and says what signature to expect. Runs on the link's event loop. */
public final class ReadKeyFrame implements Processor {
    @Override
    public void process(Exchange exchange) {
        StompFrame frame = exchange.getIn().getBody(StompFrame.class);
        String destination = frame.header(Headers.DESTINATION);
        if (destination == null || !destination.startsWith(Headers.KEYS_PREFIX)) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected key bundles from headquarters, found a message from '" + Printable.of(destination)
                            + "', which this site did not ask for");
        }
        exchange.getIn().setBody(frame.body());
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
    }
}
