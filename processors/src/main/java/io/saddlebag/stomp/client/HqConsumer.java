package io.saddlebag.stomp.client;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/**
 * Subscribes on each connection while its route runs. The frames come on the link's event loop, so that a route that waits
 * for anything hands them to another thread first.
 */
final class HqConsumer extends DefaultConsumer implements StompClient.Subscriber {
    private final boolean subscribes;
    private final StompClient client;
    private final List<String> destinations;
    private StompConnection subscribedOn;

    HqConsumer(HqEndpoint endpoint, Processor processor, StompClient client, List<String> destinations) {
        super(endpoint, processor);
        this.subscribes = endpoint.subscribes();
        this.client = client;
        this.destinations = destinations;
    }

    @Override
    protected synchronized void doStart() throws Exception {
        super.doStart();
        // All before the first SUBSCRIBE, so that no answer is dropped.
        destinations.forEach(each -> client.register(HqEndpoint.subscriptionOf(each), this));
        connected(client.connection());
    }

    @Override
    protected synchronized void doStop() throws Exception {
        for (String destination : destinations) {
            String subscription = HqEndpoint.subscriptionOf(destination);
            if (client.unregister(subscription, this) && subscribedOn != null) {
                subscribedOn.send(StompFrame.of(StompCommand.UNSUBSCRIBE)
                        .header(Headers.ID, subscription)
                        .build());
            }
        }
        subscribedOn = null;
        super.doStop();
    }

    @Override
    public synchronized void connected(StompConnection connection) {
        if (subscribes && connection != subscribedOn && isRunAllowed()) {
            subscribedOn = connection;
            destinations.forEach(each -> connection.send(HqEndpoint.subscribe(each)));
        }
    }

    @Override
    public void take(StompFrame frame, StompConnection connection) {
        Exchange exchange = createExchange(true);
        exchange.getMessage().setBody(frame);
        int memory = frame.memory();
        client.intake.take(connection, memory);
        getAsyncProcessor().process(exchange, doneSync -> {
            client.intake.release(memory);
            if (exchange.getException() != null) {
                handleException("Error processing exchange", exchange, exchange.getException());
            }
        });
    }
}
