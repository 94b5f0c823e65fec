package io.saddlebag.lab.receipts;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each recipient of whom something new is known. For any number of threads. */
final class OutcomeLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLog.class);

    void changed(SentReceipts before, SentReceipts after) {
        after.recipients().stream()
                .filter(recipient -> !before.recipients().contains(recipient))
                .forEach(recipient -> tell(after, recipient));
    }

    private void tell(SentReceipts of, SentReceipts.Recipient recipient) {
        if (recipient.fault() != null) {
            LOG.error(
                    "{}: the receipt of {} does not hold: {}",
                    of.named(),
                    recipient.receiverClientId(),
                    recipient.fault());
        } else if (recipient.isReceived()) {
            LOG.info(
                    "{}: {} has it{}",
                    of.named(),
                    recipient.receiverClientId(),
                    recipient.isWord() ? " by headquarters' word; it signs no receipts" : ", signed receipt kept");
        } else if (recipient.isWord()) {
            LOG.info(
                    "{}: {} has it by headquarters' word; its signed receipt is asked for",
                    of.named(),
                    recipient.receiverClientId());
        } else if (recipient.state().equals(DeliveryOutcome.UNKNOWN)) {
            LOG.debug("{}: headquarters does not have it for {}", of.named(), recipient.receiverClientId());
        } else {
            LOG.warn(
                    "{}: {} for {}: {}{}",
                    of.named(),
                    recipient.state(),
                    recipient.receiverClientId(),
                    Printable.reason(recipient.reason()),
                    recipient.detail() == null ? "" : ": " + Printable.reason(recipient.detail()));
        }
    }
}
