package io.saddlebag.rc.deliver;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps {@code returnDelivery} and {@code deadLetterDelivery}: hands a delivery back to headquarters with the reason, to
 * be delivered again or to be kept as a dead letter.
 */
public final class ReturnDelivery extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(ReturnDelivery.class);

    private final Settling settling;
    private final boolean requeue;

    public ReturnDelivery(Settling settling, boolean requeue) {
        this.settling = settling;
        this.requeue = requeue;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Arrival arrival = Arrival.of(exchange);
        if (arrival == null || arrival.token() == null) {
            callback.done(true);
            return true;
        }
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        StompFrame nack = StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, arrival.token())
                .header(Headers.REQUEUE, Boolean.toString(requeue))
                .header(Headers.REASON, reason(failure))
                .build();
        settling.settle(arrival, nack).whenComplete((receipt, notTaken) -> {
            if (notTaken != null) {
                LOG.warn(
                        "message_id={} not handed back: {}",
                        Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                        Printable.of(notTaken.getMessage()));
            }
            callback.done(false);
        });
        return false;
    }

    /** A refusal says why; of trouble on this site's own disk nothing but that, for paths are nobody else's business. */
    private static String reason(Exception failure) {
        if (failure instanceof Refusal refusal) {
            return refusal.code().text() + ": " + Printable.of(refusal.reason());
        }
        return failure instanceof ReceiptRefusedException
                ? failure.getMessage()
                : "the receiver has trouble of its own";
    }
}
