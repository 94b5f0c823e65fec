package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code placeStandardizedMessage}: the JSON gets its name, so that its presence means that all is there; then the
 * marker, if this outbox has them. */
final class PlaceStandardizedMessage implements Processor {
    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        arrival.outbox().placeFacts(arrival.sender(), arrival.messageId());
        Failpoint.RC_FACTS_PLACED.reached();
    }
}
