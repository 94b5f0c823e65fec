package io.saddlebag.stomp.client;

import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The step of the route {@code hq-link} that takes a RECEIPT or an ERROR to the request that it answers. */
final class StompReplyProcessor implements Processor {
    private final StompClient client;

    StompReplyProcessor(StompClient client) {
        this.client = client;
    }

    /** The predicate {@code isMessage}: whether the frame brings something new, as against an answer. */
    static boolean isMessage(Exchange exchange) {
        return exchange.getIn().getBody() instanceof StompFrame frame && frame.command() == StompCommand.MESSAGE;
    }

    @Override
    public void process(Exchange exchange) {
        client.answered(exchange.getIn().getBody(StompFrame.class));
    }
}
