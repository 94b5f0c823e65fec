package io.saddlebag.lab.receipts;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Refusal;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Finds the message that an outcome is about. The body becomes the receipt's envelope, to be verified; null when there is
 * none.
 */
public final class FindReceipted implements Processor {
    private static final String OUTCOME = "receiptOutcome";
    private static final String KNOWN = "receiptKnown";
    private static final String UNKNOWN = "receiptUnknown";

    private final ReceiptedMessages messages;

    public FindReceipted(ReceiptedMessages messages) {
        this.messages = Objects.requireNonNull(messages, "messages");
    }

    @Override
    public void process(Exchange exchange) {
        DeliveryOutcome outcome = exchange.getIn().getBody(DeliveryOutcome.class);
        exchange.setProperty(OUTCOME, outcome);
        Optional<ReceiptedMessages.Known> sent = messages.find(outcome.messageId());
        exchange.setProperty(UNKNOWN, sent.isEmpty() && messages.isUnknown(outcome.messageId()));
        ReceiptedMessages.Known known = sent.filter(found -> found.recipients().contains(outcome.receiverClientId()))
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.CONFLICT,
                        "Expected word of a message that this laboratory sent to " + outcome.receiverClientId()
                                + ", found the journal without it"));
        exchange.setProperty(KNOWN, known);
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, DeliveryReceipt.TYPE);
        exchange.getIn().setBody(outcome.receipt());
    }

    static DeliveryOutcome outcome(Exchange exchange) {
        return exchange.getProperty(OUTCOME, DeliveryOutcome.class);
    }

    /** Whether the journal has no row of the message at all, as after a restore from an older back-up. */
    static boolean isUnknown(Exchange exchange) {
        return exchange.getProperty(UNKNOWN, false, Boolean.class);
    }

    /** Null when it was not found. */
    static ReceiptedMessages.Known known(Exchange exchange) {
        return exchange.getProperty(KNOWN, ReceiptedMessages.Known.class);
    }
}
