package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.Changes;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.StoreException;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code takeChanges}: what operators did to dead letters in the database since the last look. Requeued ones wait
 * again, payloads that nothing needs any more are freed. Blocks on the store.
 */
public final class TakeChanges implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(TakeChanges.class);

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final QueueIndex index;

    public TakeChanges(MessageStore messages, PayloadStore payloads, QueueIndex index) {
        this.messages = messages;
        this.payloads = payloads;
        this.index = index;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        Changes changes;
        do {
            changes = messages.takeChanges();
            index.requeued(changes.requeued());
            changes.requeued()
                    .forEach(each -> LOG.info("{} {}: requeued by an operator", each.messageId(), each.queueName()));
            changes.freed().forEach(this::drop);
        } while (changes.more());
    }

    private void drop(PayloadRef payload) {
        try {
            payloads.drop(payload);
            LOG.info("payload {} of discarded dead letters is freed", payload);
        } catch (IOException e) {
            LOG.warn("payload {} cannot be dropped, the next start frees it: {}", payload, e.toString());
        }
    }
}
