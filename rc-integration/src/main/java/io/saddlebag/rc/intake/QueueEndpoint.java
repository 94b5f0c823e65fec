package io.saddlebag.rc.intake;

import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.outbox.OutboxRetention;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One queue of headquarters and the outbox that its messages go to. */
public final class QueueEndpoint extends DefaultEndpoint {
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

    public String queue() {
        return queue;
    }

    /** The most deliveries that may be unsettled together. */
    int prefetch() {
        return prefetch;
    }

    public Outbox outbox() {
        return outbox;
    }

    public OutboxRetention retention() {
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
