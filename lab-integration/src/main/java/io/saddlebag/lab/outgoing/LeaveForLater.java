package io.saddlebag.lab.outgoing;

import io.saddlebag.files.StoreAwayException;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.PushedBackException;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.ConnectionLostException;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a message as the journal has it when it cannot go on now. What waits for a key or for headquarters is taken up
 * when that comes; what headquarters pushed back, after a growing pause; any other trouble is reported and tried again after the retry interval.
 */
public final class LeaveForLater implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(LeaveForLater.class);

    private final OutgoingWindow window;
    private final PushBack pushBack;
    private final RepeatedFaults waits = new RepeatedFaults();
    private final RepeatedFaults troubles = new RepeatedFaults();

    public LeaveForLater(OutgoingWindow window, PushBack pushBack) {
        this.window = Objects.requireNonNull(window, "window");
        this.pushBack = Objects.requireNonNull(pushBack, "push-back");
    }

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        OutgoingMessage message = LabExchange.outgoing(exchange);
        if (cause instanceof NotYetException) {
            waits.occurred(cause.getMessage())
                    .ifPresent(repeats ->
                            LOG.info("{}: {}; so do later ones{}", message.messageId(), cause.getMessage(), repeats));
        } else if (cause instanceof PushedBackException pushed) {
            pushBack.pushedBack(message.claim().recipients(), pushed.isForEverything())
                    .ifPresent(pause -> {
                        LOG.warn(
                                "{}: headquarters pushed it back, tried again in {} ms: {}",
                                message.messageId(),
                                pause.toMillis(),
                                Printable.of(pushed.getMessage()));
                        window.startOverAfter(pause);
                    });
        } else if (cause instanceof ConnectionLostException) {
            LOG.debug("{}: sent again on the next connection: {}", message.messageId(), cause.getMessage());
            window.retryLater();
        } else if (cause instanceof StoreAwayException) {
            LOG.debug("{}: waits for a disk: {}", message.messageId(), cause.getMessage());
            window.retryLater();
        } else {
            String trouble = Printable.of(cause.toString());
            troubles.occurred(RepeatedFaults.kindOf(trouble))
                    .ifPresent(repeats -> LOG.error(
                            "{}: kept, tried again later: {}{}", message.messageId(), trouble, repeats, cause));
            window.retryLater();
        }
    }

    /** A key has come: who waits for one is worth a line again. */
    public void reportAgain() {
        waits.over();
    }
}
