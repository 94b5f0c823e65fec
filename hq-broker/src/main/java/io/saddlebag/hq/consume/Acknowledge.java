package io.saddlebag.hq.consume;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.queue.Waiting;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Step {@code acknowledge}: settles a delivery that this connection has in flight and goes on once that is committed. The
 * delivery receipt, which was verified, is kept as it came, for the sender to verify too.
 */
public final class Acknowledge extends AsyncProcessorSupport {
    private final Settlements settlements;

    public Acknowledge(Settlements settlements) {
        this.settlements = settlements;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            StompFrame frame = HqProperties.frame(exchange);
            String token = HqProperties.required(frame, Headers.ID);
            byte[] receipt = exchange.getProperty(HqProperties.RECEIPT, byte[].class);
            Waiting waiting = HqProperties.session(exchange).takeInFlight(token);
            Failpoint.HQ_ACKNOWLEDGEMENT_READ.reached();
            settlements
                    .acknowledge(waiting, receipt)
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
}
