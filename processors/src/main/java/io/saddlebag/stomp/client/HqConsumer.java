package io.saddlebag.stomp.client;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;

/**
 * Subscribes on each connection while its route runs. The frames come on the link's event loop, so that a route that waits
 * for anything hands them to another thread first.
 */
final class HqConsumer extends DefaultConsumer implements ShutdownAware {
    private final HqEndpoint endpoint;
    private final StompClient client;
    private final StompClient.MessageTaker taker = (frame, connection) -> take(frame);
    private boolean taking;

    HqConsumer(HqEndpoint endpoint, Processor processor, StompClient client) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.client = client;
        client.onConnected(this::subscribe);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        for (String name : endpoint.names()) {
            client.take(endpoint.subscriptionOf(name), taker);
        }
        synchronized (this) {
            taking = true;
            subscribe(client.connection());
        }
    }

    /** The subscription ends with the connection; until then its frames are dropped. */
    @Override
    protected void doStop() throws Exception {
        synchronized (this) {
            taking = false;
        }
        endpoint.names().forEach(name -> client.takeNoMore(endpoint.subscriptionOf(name), taker));
        super.doStop();
    }

    /** Other routes may wait for an answer that comes as a MESSAGE. */
    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return true;
    }

    @Override
    public int getPendingExchangesSize() {
        return 0;
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // Frames that wait are no exchanges yet; headquarters sends them again.
    }

    private synchronized void subscribe(StompConnection connection) {
        if (!taking || connection == null || !endpoint.subscribesOn(connection)) {
            return;
        }
        for (String name : endpoint.names()) {
            connection.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.ID, endpoint.subscriptionOf(name))
                    .header(Headers.DESTINATION, endpoint.destinationOf(name))
                    .build());
        }
    }

    private void take(StompFrame frame) {
        Exchange exchange = createExchange(true);
        exchange.getMessage().setBody(frame);
        getAsyncProcessor().process(exchange, doneSync -> {
            if (exchange.getException() != null) {
                handleException("Error processing exchange", exchange, exchange.getException());
            }
        });
    }
}
