package io.saddlebag.lab.receipts;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.StompFrame;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes what headquarters tells of deliveries out of its frame; the body becomes their list. */
public final class ReadOutcomes implements Processor {
    @Override
    public void process(Exchange exchange) {
        StompFrame frame = exchange.getIn().getBody(StompFrame.class);
        try {
            exchange.getIn().setBody(List.of(Json.read(frame.body(), DeliveryOutcome[].class)));
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Code.MALFORMED, e.getMessage() + "; is headquarters of another version?", e);
        }
        new ReceiptBatch().keepIn(exchange);
    }
}
