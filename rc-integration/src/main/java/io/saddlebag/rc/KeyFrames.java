package io.saddlebag.rc;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;

/** Predicate {@code keyFrames}: whether a MESSAGE brings a key bundle. */
public final class KeyFrames {
    public boolean isKeyBundle(Exchange exchange) {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        String destination = frame.header(Headers.DESTINATION);
        return destination != null && destination.startsWith(Headers.KEYS_PREFIX);
    }
}
