package io.saddlebag.lab.receipts;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/** The outcomes of one frame, by message, while they are verified one by one. For one thread. */
final class ReceiptBatch {
    private static final String PROPERTY = "receiptBatch";

    private final Map<Long, OfMessage> byMessage = new LinkedHashMap<>();

    /** One message's outcomes. */
    record OfMessage(ReceiptedMessages.Known known, List<Judged> judged) {}

    /**
     * @param receipt the verified receipt; null when there is none that holds
     * @param fault why the receipt that came does not hold; null when it does, or none came
     */
    record Judged(DeliveryOutcome outcome, DeliveryReceipt receipt, String fault) {}

    void keepIn(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    static ReceiptBatch of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, ReceiptBatch.class);
    }

    void add(ReceiptedMessages.Known known, Judged judged) {
        byMessage
                .computeIfAbsent(known.number(), number -> new OfMessage(known, new ArrayList<>()))
                .judged()
                .add(judged);
    }

    List<OfMessage> messages() {
        return List.copyOf(byMessage.values());
    }
}
