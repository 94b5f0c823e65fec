package io.saddlebag.rc;

import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** The subscription of a route: subscribed while the route runs and there is a connection. */
final class QueueConsumer extends DefaultConsumer {
    private final QueueEndpoint endpoint;
    private final Subscriptions subscriptions;

    QueueConsumer(QueueEndpoint endpoint, Processor processor, Subscriptions subscriptions) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.subscriptions = subscriptions;
    }

    QueueEndpoint queue() {
        return endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        subscriptions.add(this);
    }

    @Override
    protected void doStop() throws Exception {
        subscriptions.remove(this);
        super.doStop();
    }

    /** Sends the frame through the route, on the calling thread as far as no step waits. */
    void route(StompFrame frame, StompConnection connection) {
        Exchange exchange = createExchange(false);
        exchange.setProperty(Arrival.PROPERTY, new Arrival(frame, connection, endpoint.queue(), endpoint.outbox()));
        exchange.getMessage().setBody(frame);
        getAsyncProcessor().process(exchange, doneSync -> releaseExchange(exchange, false));
    }
}
