package io.saddlebag.stomp;

import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The step of the route {@code hq-link} that takes a RECEIPT or an ERROR to the request that it answers. */
public final class StompReplyProcessor implements Processor {
    private final StompClient client;

    StompReplyProcessor(StompClient client) {
        this.client = client;
    }

    /** Whether the frame brings something new, as against an answer. */
    public boolean isMessage(@Body StompFrame frame) {
        return frame.command() == StompCommand.MESSAGE;
    }

    @Override
    public void process(Exchange exchange) {
        client.answered(exchange.getIn().getBody(StompFrame.class));
    }
}
