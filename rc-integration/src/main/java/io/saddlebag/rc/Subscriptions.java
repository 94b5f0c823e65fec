package io.saddlebag.rc;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompClient;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.time.Duration;
import java.util.List;
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

    private final StompClient link;
    private final Lanes lanes;
    private final Intake intake;
    private final Duration retry;
    private final Map<String, QueueConsumer> consumerByQueue = new ConcurrentHashMap<>();

    /** @param retry when a refused subscription is tried again */
    Subscriptions(StompClient link, Lanes lanes, Intake intake, Duration retry) {
        this.link = link;
        this.lanes = lanes;
        this.intake = intake;
        this.retry = retry;
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

    /** Those that are taken from now. */
    List<QueueEndpoint> queues() {
        return consumerByQueue.values().stream().map(QueueConsumer::queue).toList();
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
                        "cannot subscribe to {}: {} {}; tried again in {} ms",
                        queue,
                        refusal.code().text(),
                        Printable.of(refusal.reason()),
                        retry.toMillis());
                CompletableFuture.delayedExecutor(retry.toMillis(), TimeUnit.MILLISECONDS)
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
            try {
                // What waited while the connection broke or the route stopped is delivered again: not begun, it costs
                // least.
                if (connection.isOpen() && consumer.isRunAllowed()) {
                    consumer.route(frame, connection);
                }
            } finally {
                // Not once it is settled: the answer to the ACK has to be read for that, from a connection that may be
                // paused.
                intake.release(size);
            }
        });
    }
}
