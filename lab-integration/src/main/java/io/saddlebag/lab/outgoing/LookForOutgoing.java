package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.message.LabExchange;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Says that a new message stands in the journal. */
public final class LookForOutgoing implements Processor {
    private final OutgoingWindow window;

    public LookForOutgoing(OutgoingWindow window) {
        this.window = Objects.requireNonNull(window, "window");
    }

    @Override
    public void process(Exchange exchange) {
        window.appeared(LabExchange.outgoing(exchange).number());
    }
}
