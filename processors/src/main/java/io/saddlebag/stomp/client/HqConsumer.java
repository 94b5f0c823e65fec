package io.saddlebag.stomp.client;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/**
 * Subscribes on each connection of each link while its route runs. The frames come on the link's event loop, so that a route that waits
 * for anything hands them to another thread first.
 */
final class HqConsumer extends DefaultConsumer implements StompClient.Subscriber {
    private final boolean subscribes;
    private final HqLinks links;
    private final List<String> destinations;
    private final Set<StompConnection> subscribedOn = new HashSet<>();

    HqConsumer(HqEndpoint endpoint, Processor processor, HqLinks links, List<String> destinations) {
        super(endpoint, processor);
        this.subscribes = endpoint.subscribes();
        this.links = links;
        this.destinations = destinations;
    }

    @Override
    protected synchronized void doStart() throws Exception {
        super.doStart();
        // All before the first SUBSCRIBE, so that no answer is dropped.
        destinations.forEach(each -> links.register(HqEndpoint.subscriptionOf(each), this));
        links.all().stream()
                .map(StompClient::connection)
                .filter(Objects::nonNull)
                .forEach(this::connected);
    }

    @Override
    protected synchronized void doStop() throws Exception {
        for (String destination : destinations) {
            String subscription = HqEndpoint.subscriptionOf(destination);
            links.all().forEach(link -> link.unregister(subscription, this));
            subscribedOn.forEach(connection -> connection.send(StompFrame.of(StompCommand.UNSUBSCRIBE)
                    .header(Headers.ID, subscription)
                    .build()));
        }
        subscribedOn.clear();
        super.doStop();
    }

    @Override
    public synchronized void connected(StompConnection connection) {
        subscribedOn.removeIf(each -> !each.isOpen());
        if (subscribes && isRunAllowed() && subscribedOn.add(connection)) {
            destinations.forEach(each -> connection.send(HqEndpoint.subscribe(each)));
        }
    }

    @Override
    public void take(StompFrame frame, StompConnection connection) {
        Exchange exchange = createExchange(true);
        exchange.getMessage().setBody(frame);
        int memory = frame.memory();
        Intake intake = links.any().intake;
        intake.take(connection, memory);
        getAsyncProcessor().process(exchange, doneSync -> {
            intake.release(memory);
            if (exchange.getException() != null) {
                handleException("Error processing exchange", exchange, exchange.getException());
            }
        });
    }
}
