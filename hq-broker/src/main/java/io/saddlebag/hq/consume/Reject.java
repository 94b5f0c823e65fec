package io.saddlebag.hq.consume;

import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.queue.Waiting;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code reject}: a NACK gives the delivery back to its queue after a pause, or, with {@code requeue:false}, ends it
 * as a dead letter with the client's reason.
 */
public final class Reject extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(Reject.class);
    private static final int MAX_REASON = 1000;

    private final Settlements settlements;

    public Reject(Settlements settlements) {
        this.settlements = settlements;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            StompFrame frame = HqProperties.frame(exchange);
            String token = HqProperties.required(frame, Headers.ID);
            boolean requeue = requeue(frame);
            String reason = reason(frame);
            Waiting waiting = HqProperties.session(exchange).takeInFlight(token);
            reject(exchange, waiting, requeue, reason)
                    .whenCompleteAsync(
                            (done, failure) -> {
                                exchange.setException(failure);
                                callback.done(false);
                            },
                            HqProperties.session(exchange).answers());
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private CompletableFuture<Void> reject(Exchange exchange, Waiting waiting, boolean requeue, String reason) {
        if (!requeue) {
            return settlements.deadLetter(waiting, reason);
        }
        LOG.info(
                "{} {}: given back by {}: {}",
                waiting.delivery().messageId(),
                waiting.delivery().queueName(),
                HqProperties.session(exchange).site(),
                Printable.of(reason));
        return settlements.retryLater(waiting, reason);
    }

    private static boolean requeue(StompFrame frame) {
        String value = frame.header(Headers.REQUEUE);
        if (value == null || value.equals("true")) {
            return true;
        }
        if (value.equals("false")) {
            return false;
        }
        throw new Refusal(
                Code.MALFORMED,
                "Expected in the header " + Headers.REQUEUE + " true or false, found '" + Printable.of(value) + "'");
    }

    private static String reason(StompFrame frame) {
        String value = frame.header(Headers.REASON);
        if (value == null || value.isBlank()) {
            return "the receiver gave no reason";
        }
        // PostgreSQL text holds no NUL.
        String kept = value.replace('\0', ' ');
        return kept.length() <= MAX_REASON ? kept : kept.substring(0, MAX_REASON);
    }
}
