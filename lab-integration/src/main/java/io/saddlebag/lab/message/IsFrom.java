package io.saddlebag.lab.message;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether a frame that headquarters sent comes from destinations with this beginning. */
public final class IsFrom implements Predicate {
    private final String prefix;

    /** @param prefix such as {@link Headers#RECEIPTS_PREFIX} */
    public IsFrom(String prefix) {
        this.prefix = Objects.requireNonNull(prefix, "prefix");
    }

    @Override
    public boolean matches(Exchange exchange) {
        String destination = exchange.getIn().getBody(StompFrame.class).header(Headers.DESTINATION);
        return destination != null && destination.startsWith(prefix);
    }
}
