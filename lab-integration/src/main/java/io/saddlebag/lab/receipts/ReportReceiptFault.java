package io.saddlebag.lab.receipts;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of word from headquarters that cannot be taken as it is. A receipt that does not hold is kept beside the
 * fault, for people to look into; anything else is asked for again.
 */
public final class ReportReceiptFault implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReportReceiptFault.class);

    private final AtomicBoolean toldOfUnknown = new AtomicBoolean();

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        DeliveryOutcome outcome = FindReceipted.outcome(exchange);
        ReceiptedMessages.Known known = FindReceipted.known(exchange);
        if (cause instanceof Refusal refusal && refusal.code().isPassing()) {
            LOG.warn(
                    "{}: receipt not judged now, asked for later ({}): {}",
                    outcome == null ? "a frame" : outcome.messageId(),
                    refusal.code().text(),
                    refusal.reason());
        } else if (cause instanceof Refusal refusal && known != null) {
            String fault = refusal.code().text() + ": " + refusal.reason();
            ReceiptBatch.of(exchange).add(known, new ReceiptBatch.Judged(outcome, null, fault));
        } else if (cause instanceof Refusal && FindReceipted.isUnknown(exchange)) {
            reportUnknown(outcome);
        } else if (cause instanceof Refusal refusal) {
            LOG.warn(
                    "{}: word from headquarters not taken ({}): {}",
                    outcome == null ? "a frame" : outcome.messageId(),
                    refusal.code().text(),
                    refusal.reason());
        } else if (cause instanceof RejectedExecutionException) {
            LOG.debug("more receipts than can be written at once; those left out are asked for later");
        } else {
            LOG.error("receipts not taken, asked for later: {}", Printable.of(String.valueOf(cause)), cause);
        }
    }

    /** After a restore there may be thousands; headquarters keeps their receipts. */
    private void reportUnknown(DeliveryOutcome outcome) {
        if (toldOfUnknown.compareAndSet(false, true)) {
            LOG.info(
                    "{}: {} for {}, but the journal does not know it, as after a restored back-up; this receipt and"
                            + " others like it stay at headquarters",
                    outcome.messageId(),
                    outcome.state(),
                    outcome.receiverClientId());
        } else {
            LOG.debug("{}: {}, not in the journal", outcome.messageId(), outcome.state());
        }
    }
}
