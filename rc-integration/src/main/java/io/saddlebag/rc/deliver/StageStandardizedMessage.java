package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.rc.intake.Arrival;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code stageStandardizedMessage}: the JSON is written whole, under a name that nobody looks at. */
public final class StageStandardizedMessage implements Processor {
    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        arrival.outbox()
                .stageFacts(
                        arrival.sender(),
                        arrival.messageId(),
                        exchange.getMessage().getBody(byte[].class));
        Failpoint.RC_FACTS_STAGED.reached();
    }
}
