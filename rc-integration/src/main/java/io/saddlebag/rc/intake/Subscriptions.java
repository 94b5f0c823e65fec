package io.saddlebag.rc.intake;

import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.StompClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which queues are subscribed to, by queue name, which is the subscription's id too. As the step {@code handToQueue} it
 * takes a MESSAGE from the event loop to the route that subscribed: frames of one message in order, off the event loop.
 */
public final class Subscriptions implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private final StompClient link;
    private final Lanes lanes;
    private final Intake intake;
    private final ResumePoints resumePoints;
    private final RepeatedFaults faults = new RepeatedFaults();
    private final Duration retry;
    private final Duration look;
    private final Map<String, QueueConsumer> consumerByQueue = new ConcurrentHashMap<>();

    /**
     * @param retry when a refused subscription is tried again
     * @param look how often a suspended queue is looked after
     */
    public Subscriptions(
            StompClient link, Lanes lanes, Intake intake, ResumePoints resumePoints, Duration retry, Duration look) {
        this.link = link;
        this.lanes = lanes;
        this.intake = intake;
        this.resumePoints = resumePoints;
        this.retry = retry;
        this.look = look;
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
        subscribe(consumer);
    }

    void remove(QueueConsumer consumer) {
        String queue = consumer.queue().queue();
        if (consumerByQueue.remove(queue, consumer)) {
            synchronized (consumer) {
                consumer.halt();
                link.send(unsubscribe(queue));
            }
        }
    }

    /** Those that are taken from now. */
    public List<QueueEndpoint> queues() {
        return consumerByQueue.values().stream().map(QueueConsumer::queue).toList();
    }

    private void subscribe(QueueConsumer consumer) {
        StompConnection connection = link.connection();
        if (connection != null && consumer.begin(connection)) {
            // Off the event loop: where to go on stands on the disk.
            lanes.execute("subscribe to " + consumer.queue().queue(), () -> ask(consumer, connection));
        }
    }

    private void ask(QueueConsumer consumer, StompConnection connection) {
        String queue = consumer.queue().queue();
        if (link.connection() != connection) {
            return;
        }
        StompFrame subscribe = StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, queue)
                .header(Headers.DESTINATION, Headers.QUEUE_PREFIX + queue)
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, consumer.queue().prefetch())
                .header(Headers.RESUME, resume(consumer.queue()))
                .build();
        CompletableFuture<StompFrame> asked;
        synchronized (consumer) {
            if (consumer.epochOn(connection) == QueueConsumer.NOT_TAKEN) {
                // Suspended, or connected anew, since it was to be asked for.
                return;
            }
            asked = link.request(subscribe, connection);
        }
        asked.whenComplete((receipt, failure) -> {
            if (failure == null) {
                LOG.info("subscribed to {}", queue);
                return;
            }
            consumer.notBegun(connection);
            if (failure instanceof Refusal refusal) {
                faults.occurred(queue + " " + refusal.code().text())
                        .ifPresent(repeats -> LOG.error(
                                "cannot subscribe to {}: {} {}; tried again in {} ms{}",
                                queue,
                                refusal.code().text(),
                                Printable.of(refusal.reason()),
                                retry.toMillis(),
                                repeats));
                later(retry, () -> subscribeAgain(consumer));
            }
        });
    }

    /** Without it the parts are sent again from the first: no reason to take nothing. */
    private String resume(QueueEndpoint queue) {
        try {
            return resumePoints.header(queue.queue(), queue.prefetch());
        } catch (IOException e) {
            LOG.warn("{}: parts that were kept cannot be gone on with: {}", queue.queue(), Printable.of(e.toString()));
            return null;
        }
    }

    private void subscribeAgain(QueueConsumer consumer) {
        if (consumerByQueue.containsValue(consumer)) {
            subscribe(consumer);
        }
    }

    private static void later(Duration pause, Runnable task) {
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }

    /**
     * Takes nothing from the queue of an arrival until its trouble is over: headquarters has back what it sent. Says so
     * once, and once more when it goes on. Does nothing when the subscription that it came with has ended.
     *
     * @param isOver asked now and then, off the event loop
     */
    void suspend(Arrival arrival, String trouble, BooleanSupplier isOver) {
        String queue = arrival.queue();
        QueueConsumer consumer = consumerByQueue.get(queue);
        if (consumer == null) {
            return;
        }
        CompletableFuture<StompFrame> ended;
        synchronized (consumer) {
            if (!consumer.halt(arrival.epoch)) {
                return;
            }
            ended = link.request(unsubscribe(queue));
        }
        LOG.error(
                "{}: takes no deliveries now: {}. Headquarters keeps them, and this centre continues by itself",
                queue,
                trouble);
        ended.whenComplete((receipt, failure) -> later(look, () -> lookAfter(consumer, isOver)));
    }

    private static StompFrame unsubscribe(String queue) {
        return StompFrame.of(StompCommand.UNSUBSCRIBE).header(Headers.ID, queue).build();
    }

    /** Whether the subscription that it came with has ended, so that headquarters has it back. */
    public boolean isOver(Arrival arrival) {
        return isOver(arrival.queue(), arrival.epoch);
    }

    /** As {@link #isOver(Arrival)} of what came from that queue in that epoch. Never blocks; any thread. */
    public boolean isOver(String queue, long epoch) {
        QueueConsumer consumer = consumerByQueue.get(queue);
        return consumer == null || consumer.epoch() != epoch;
    }

    private void lookAfter(QueueConsumer consumer, BooleanSupplier isOver) {
        if (!consumerByQueue.containsValue(consumer)) {
            return;
        }
        if (!isOver(consumer, isOver)) {
            later(look, () -> lookAfter(consumer, isOver));
            return;
        }
        LOG.info("{}: takes deliveries again", consumer.queue().queue());
        consumer.goOn();
        subscribe(consumer);
    }

    /** A look that fails has seen nothing: another follows. */
    private static boolean isOver(QueueConsumer consumer, BooleanSupplier isOver) {
        try {
            return isOver.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.error(
                    "{}: cannot see whether it may take deliveries again",
                    consumer.queue().queue(),
                    e);
            return false;
        }
    }

    @Override
    public void process(Exchange exchange) {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        take(frame, StompConnection.of(exchange));
    }

    private void take(StompFrame frame, StompConnection connection) {
        QueueConsumer consumer = consumerByQueue.get(String.valueOf(frame.header(Headers.SUBSCRIPTION)));
        // Asked once: between two questions the subscription may end, and what came with it would pass for the next
        // one's.
        long epoch = consumer == null ? QueueConsumer.NOT_TAKEN : consumer.epochOn(connection);
        if (epoch == QueueConsumer.NOT_TAKEN) {
            LOG.debug("a MESSAGE for no subscription: {}", Printable.of(frame.header(Headers.SUBSCRIPTION)));
            return;
        }
        int size = frame.body().length;
        intake.take(connection, size);
        // Its own lane for each message: its parts and its repeats come one after the other, and nothing else waits.
        // The
        // next begins when this one is settled, not once headquarters has answered that: the answer may have to be read
        // from a connection that is paused.
        lanes.execute(String.valueOf(frame.header(Headers.MESSAGE_ID)), (Lanes.Work) over -> {
            Runnable done = () -> {
                intake.release(size);
                over.run();
            };
            // What waited while the connection broke or the subscription ended is delivered again: not begun, it costs
            // least. But a part that is kept need not come again.
            if ((connection.isOpen() || PartHeaders.isKept(frame))
                    && consumer.isRunAllowed()
                    && consumer.epoch() == epoch) {
                consumer.route(frame, connection, epoch, done);
            } else {
                done.run();
            }
        });
    }
}
