package io.saddlebag.hq.frames;

import io.saddlebag.hq.publish.Submission;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code confirm}: the RECEIPT for a frame that asked for one; of a message in several parts it says which part is
 * wanted next. A frame that asked for none gets no answer.
 */
public final class Confirm implements Processor {
    @Override
    public void process(Exchange exchange) {
        String receipt = HqProperties.frame(exchange).header(Headers.RECEIPT);
        if (receipt == null) {
            exchange.getMessage().setBody(null);
            return;
        }
        Submission submission = Submission.of(exchange);
        boolean inParts = submission != null && submission.frame().parts() > 1;
        exchange.getMessage()
                .setBody(StompFrame.of(StompCommand.RECEIPT)
                        .header(Headers.RECEIPT_ID, receipt)
                        .header("next-part", inParts ? Integer.toString(submission.nextPart()) : null)
                        .build());
    }
}
