package io.saddlebag.lab.receipts;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells headquarters which verdicts are on this laboratory's disk; headquarters answers with more, if there are some. Without
 * that word it sends them again. Does not block.
 */
public final class ConfirmVerdicts implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ConfirmVerdicts.class);

    private final Function<StompFrame, CompletableFuture<StompFrame>> request;

    public ConfirmVerdicts(Function<StompFrame, CompletableFuture<StompFrame>> request) {
        this.request = request;
    }

    @Override
    public void process(Exchange exchange) {
        List<Sha256> taken = ReceiptSteps.taken(exchange);
        if (taken != null && !taken.isEmpty()) {
            request.apply(HqEndpoint.question(Headers.VERDICTS_NEXT, taken)).whenComplete((answer, failure) -> {
                if (failure != null) {
                    LOG.debug("verdicts are confirmed later: {}", Printable.reason(failure.getMessage()));
                }
            });
        }
    }
}
