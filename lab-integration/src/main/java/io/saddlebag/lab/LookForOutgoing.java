package io.saddlebag.lab;

import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Says that a new message stands in the journal. */
final class LookForOutgoing implements Processor {
    private final OutgoingWindow window;

    LookForOutgoing(OutgoingWindow window) {
        this.window = Objects.requireNonNull(window, "window");
    }

    @Override
    public void process(Exchange exchange) {
        window.appeared(LabExchange.outgoing(exchange).number());
    }
}
