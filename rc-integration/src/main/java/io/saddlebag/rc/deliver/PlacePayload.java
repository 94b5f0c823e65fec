package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.InlineContent;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code placePayload}: the opened file gets its name in the outbox, and its digest stands beside it if that
 * is wished for.
 */
public final class PlacePayload implements Processor {
    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        exchange.getMessage().setBody(InlineContent.of(arrival.content, arrival.payloadName));
        arrival.outbox().placePayload(arrival.sender(), arrival.payloadName, arrival.opened);
        arrival.opened = null;
        Failpoint.RC_PAYLOAD_PLACED.reached();
        arrival.outbox().placeChecksum(arrival.sender(), arrival.payloadName, arrival.contentSha256);
    }
}
