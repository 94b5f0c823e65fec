package io.saddlebag.hq.consume;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code unsubscribe}: ends a subscription to a queue, whose deliveries wait again, or to a site's keys. */
public final class Unsubscribe implements Processor {
    @Override
    public void process(Exchange exchange) {
        String id = HqProperties.required(HqProperties.frame(exchange), Headers.ID);
        if (!HqProperties.session(exchange).unsubscribe(id)) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected the id of a subscription of this connection, found '" + Printable.of(id) + "'");
        }
    }
}
