package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.time.Clock;
import java.util.Base64;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code acknowledgeDelivery}: tells headquarters, with the signed receipt. Waits for the answer without a thread.
 * When there is none, the message is delivered again and acknowledged again. When the receipt is refused, the delivery
 * would stay in flight for as long as the connection lasts and keep others from coming: that fails the step, and the
 * delivery is given back.
 */
public final class AcknowledgeDelivery extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(AcknowledgeDelivery.class);

    private final Settling settling;
    private final RcJournal journal;
    private final Clock clock;

    public AcknowledgeDelivery(Settling settling, RcJournal journal, Clock clock) {
        this.settling = settling;
        this.journal = journal;
        this.clock = clock;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Arrival arrival = Arrival.of(exchange);
        StompFrame ack = StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, arrival.token())
                .header(Headers.DELIVERY_RECEIPT, Base64.getEncoder().encodeToString(arrival.receipt))
                .build();
        settling.settle(arrival, ack).whenComplete((receipt, failure) -> {
            if (failure == null) {
                Failpoint.RC_ACKNOWLEDGED.reached();
                journal.acknowledge(arrival.sender(), arrival.messageId(), clock.instant());
                LOG.info("message_id={} from={} acknowledged", arrival.messageId(), arrival.sender());
            } else if (failure instanceof Refusal refusal && refusal.code() != Refusal.Code.NOT_PERMITTED) {
                exchange.setException(new ReceiptRefusedException(refusal));
            } else {
                // Not permitted: headquarters does not have it in flight here, so there is nothing to give back.
                LOG.warn(
                        "message_id={} from={} not acknowledged yet: {}",
                        arrival.messageId(),
                        arrival.sender(),
                        Printable.of(failure.getMessage()));
            }
            callback.done(false);
        });
        Failpoint.RC_ACKNOWLEDGEMENT_SENT.reached();
        return false;
    }
}
