package io.saddlebag.lab.receipts;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Printable;
import io.saddlebag.message.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each recipient of whom something new is known. For any number of threads. */
final class OutcomeLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLog.class);

    void changed(SentReceipts before, SentReceipts after) {
        after.recipients().stream()
                .filter(recipient -> before.recipients().stream()
                        .noneMatch(known -> known.withoutVerdict().equals(recipient.withoutVerdict())))
                .forEach(recipient -> tell(after, recipient));
    }

    /**
     * One line for each verdict that is new.
     *
     * @return the kinds of those that hold
     */
    List<String> verdicts(SentReceipts before, SentReceipts after) {
        List<String> kinds = new ArrayList<>();
        for (SentReceipts.Recipient each : after.recipients()) {
            boolean isNew = each.verdict() != null
                    && before.recipients().stream()
                            .noneMatch(known -> known.receiverClientId().equals(each.receiverClientId())
                                    && each.verdict().equals(known.verdict()));
            if (isNew) {
                tellVerdict(after, each);
                if (each.verdict().fault() == null) {
                    kinds.add(each.verdict().kind());
                }
            }
        }
        return kinds;
    }

    private void tellVerdict(SentReceipts of, SentReceipts.Recipient recipient) {
        SentVerdict verdict = recipient.verdict();
        String words = verdict.words() == null ? "" : ": " + Printable.reason(verdict.words());
        if (verdict.fault() != null) {
            LOG.error(
                    "{}: the verdict of {} does not hold: {}",
                    of.named(),
                    recipient.receiverClientId(),
                    verdict.fault());
        } else if (verdict.kind().equals(Verdict.REJECTED)) {
            LOG.warn("{}: rejected by {}{}", of.named(), recipient.receiverClientId(), words);
        } else {
            LOG.info("{}: accepted by {}{}", of.named(), recipient.receiverClientId(), words);
        }
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
