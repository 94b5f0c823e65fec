package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code placePayload}: the opened file gets its name in the outbox, and its digest stands beside it if that
 * is wished for. The content that is short enough to stand in
 * the standardized file is read before, while nobody else can reach the file.
 */
final class PlacePayload implements Processor {
    private final InlineContent inline;

    PlacePayload(InlineContent inline) {
        this.inline = inline;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        exchange.getMessage().setBody(inline.of(arrival.opened, arrival.contentSize, arrival.payloadName));
        arrival.outbox().placePayload(arrival.sender(), arrival.payloadName, arrival.opened);
        Failpoint.RC_PAYLOAD_PLACED.reached();
        arrival.outbox().placeChecksum(arrival.sender(), arrival.payloadName, arrival.contentSha256);
    }
}
