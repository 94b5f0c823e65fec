package io.saddlebag.rc.keys;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Predicate {@code isKeyBundle}: whether a MESSAGE brings a key bundle. */
public final class KeyFrames implements Predicate {
    @Override
    public boolean matches(Exchange exchange) {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        String destination = frame.header(Headers.DESTINATION);
        return destination != null && destination.startsWith(Headers.KEYS_PREFIX);
    }
}
