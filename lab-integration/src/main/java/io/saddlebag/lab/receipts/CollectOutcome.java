package io.saddlebag.lab.receipts;

import io.saddlebag.message.DeliveryReceipt;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Puts an outcome, its receipt verified when one came, with the others of its frame. */
public final class CollectOutcome implements Processor {
    @Override
    public void process(Exchange exchange) {
        ReceiptBatch.of(exchange)
                .add(
                        FindReceipted.known(exchange),
                        new ReceiptBatch.Judged(
                                FindReceipted.outcome(exchange),
                                exchange.getProperty(MatchReceipt.RECEIPT, DeliveryReceipt.class),
                                null));
    }
}
