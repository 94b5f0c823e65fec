package io.saddlebag.rc;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompClient;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which queues are subscribed to, by queue name, which is the subscription's id too. As the step {@code handToQueue} it
 * takes a MESSAGE from the event loop to the route that subscribed: frames of one sender in order, off the event loop.
 */
final class Subscriptions implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final int RETRY_SECONDS = 30;

    private final StompClient link;
    private final Lanes lanes;
    private final Intake intake;
    private final Map<String, QueueConsumer> consumerByQueue = new ConcurrentHashMap<>();

    Subscriptions(StompClient link, Lanes lanes, Intake intake) {
        this.link = link;
        this.lanes = lanes;
        this.intake = intake;
        link.onConnected(connection -> consumerByQueue.values().forEach(this::subscribe));
    }

    /** @throws IllegalStateException when another route takes from that queue */
    void add(QueueConsumer consumer) {
        String queue = consumer.queue().queue();
        QueueConsumer other = consumerByQueue.putIfAbsent(queue, consumer);
        if (other != null && other != consumer) {
            throw new IllegalStateException("Expected one route for the queue " + queue + ", found "
                    + other.getRouteId() + " and " + consumer.getRouteId() + ". Remove one of them");
        }
        if (link.isConnected()) {
            subscribe(consumer);
        }
    }

    void remove(QueueConsumer consumer) {
        String queue = consumer.queue().queue();
        if (consumerByQueue.remove(queue, consumer)) {
            link.send(StompFrame.of(StompCommand.UNSUBSCRIBE)
                    .header(Headers.ID, queue)
                    .build());
        }
    }

    private void subscribe(QueueConsumer consumer) {
        String queue = consumer.queue().queue();
        StompFrame subscribe = StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, queue)
                .header(Headers.DESTINATION, Headers.QUEUE_PREFIX + queue)
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, consumer.queue().prefetch())
                .build();
        StompConnection connection = link.connection();
        link.request(subscribe).whenComplete((receipt, failure) -> {
            if (failure == null) {
                LOG.info("subscribed to {}", queue);
            } else if (failure instanceof Refusal refusal) {
                LOG.error(
                        "cannot subscribe to {}: {} {}; tried again in {} s",
                        queue,
                        refusal.code().text(),
                        Printable.of(refusal.reason()),
                        RETRY_SECONDS);
                CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS)
                        .execute(() -> subscribeAgain(consumer, connection));
            }
        });
    }

    /** A lost connection needs no second try: the next one subscribes to everything. */
    private void subscribeAgain(QueueConsumer consumer, StompConnection connection) {
        if (link.connection() == connection && consumerByQueue.containsValue(consumer)) {
            subscribe(consumer);
        }
    }

    @Override
    public void process(Exchange exchange) {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        take(frame, StompConnection.of(exchange));
    }

    private void take(StompFrame frame, StompConnection connection) {
        QueueConsumer consumer = consumerByQueue.get(String.valueOf(frame.header(Headers.SUBSCRIPTION)));
        if (consumer == null) {
            LOG.debug("a MESSAGE for no subscription: {}", Printable.of(frame.header(Headers.SUBSCRIPTION)));
            return;
        }
        int size = frame.body().length;
        intake.take(connection, size);
        lanes.execute(String.valueOf(frame.header(Headers.SENDER_ID)), () -> {
            // What waited while the connection broke or the route stopped is delivered again: not begun, it costs
            // least.
            if (connection.isOpen() && consumer.isRunAllowed()) {
                consumer.route(frame, connection, () -> intake.release(size));
            } else {
                intake.release(size);
            }
        });
    }
}
