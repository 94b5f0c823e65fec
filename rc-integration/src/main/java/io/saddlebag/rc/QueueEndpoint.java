package io.saddlebag.rc;

import io.saddlebag.folder.Outbox;
import io.saddlebag.folder.OutboxRetention;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One queue of headquarters and the outbox that its messages go to. */
final class QueueEndpoint extends DefaultEndpoint {
    private final String queue;
    private final int prefetch;
    private final Outbox outbox;
    private final OutboxRetention retention;
    private final Subscriptions subscriptions;

    QueueEndpoint(
            String uri,
            QueueComponent component,
            String queue,
            int prefetch,
            Outbox outbox,
            OutboxRetention retention,
            Subscriptions subscriptions) {
        super(uri, component);
        this.queue = queue;
        this.prefetch = prefetch;
        this.outbox = outbox;
        this.retention = retention;
        this.subscriptions = subscriptions;
    }

    String queue() {
        return queue;
    }

    /** How many deliveries may be unsettled at once. */
    int prefetch() {
        return prefetch;
    }

    Outbox outbox() {
        return outbox;
    }

    OutboxRetention retention() {
        return retention;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        QueueConsumer consumer = new QueueConsumer(this, processor, subscriptions);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("Expected " + getEndpointUri()
                + " at the beginning of a route, found it in a step; a centre only takes from a queue");
    }

    @Override
    public boolean isLenientProperties() {
        return false;
    }
}
