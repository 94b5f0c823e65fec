package io.saddlebag.rc.intake;

import io.saddlebag.journal.JournalException;
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
 * The subscribed queues by name, which is the subscription's id too. As the step {@code handToQueue} it takes a MESSAGE
 * from the event loop to the route that subscribed: frames of one message in order, off the event loop.
 */
public final class Subscriptions implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private final StompClient link;
    private final KeyedSerialExecutor executor;
    private final Intake intake;
    private final ResumePoints resumePoints;
    private final RepeatedFaults faults = new RepeatedFaults();
    private final Duration retry;
    private final Duration look;
    private final Map<String, QueueConsumer> consumerByQueue = new ConcurrentHashMap<>();

    /**
     * @param retry pause until a refused subscription is tried again
     * @param look interval between two checks of a suspended queue
     */
    public Subscriptions(
            StompClient link,
            KeyedSerialExecutor executor,
            Intake intake,
            ResumePoints resumePoints,
            Duration retry,
            Duration look) {
        this.link = link;
        this.executor = executor;
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

    /** The queues of the running routes. */
    public List<QueueEndpoint> queues() {
        return consumerByQueue.values().stream().map(QueueConsumer::queue).toList();
    }

    private void subscribe(QueueConsumer consumer) {
        StompConnection connection = link.connection();
        if (connection != null && consumer.begin(connection)) {
            // Off the event loop: the resume points are on the disk.
            executor.execute("subscribe to " + consumer.queue().queue(), () -> ask(consumer, connection));
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
                // Suspended or connected anew since this task was queued.
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

    /** Null after a fault: headquarters then sends all parts again. */
    private String resume(QueueEndpoint queue) {
        try {
            return resumePoints.header(queue.queue(), queue.prefetch());
        } catch (IOException | JournalException e) {
            LOG.warn("{}: cannot resume the parts that were kept: {}", queue.queue(), Printable.of(e.toString()));
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
     * Takes nothing from the queue of an arrival until its trouble is over; headquarters has its deliveries back. Logs the
     * beginning and the end, once each. Does nothing when the subscription that it came with has ended.
     *
     * @param isOver called at intervals, off the event loop
     */
    public void suspend(Arrival arrival, String trouble, BooleanSupplier isOver) {
        String queue = arrival.queue();
        QueueConsumer consumer = consumerByQueue.get(queue);
        if (consumer == null) {
            return;
        }
        CompletableFuture<StompFrame> ended;
        synchronized (consumer) {
            if (!consumer.halt(arrival.epoch())) {
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

    /**
     * True when the subscription that a delivery came with has ended, so that headquarters has it back. Never blocks; any
     * thread.
     */
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
        consumer.takeAgain();
        subscribe(consumer);
    }

    /** False after a check that fails: another follows. */
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
        StompConnection connection = StompConnection.of(exchange);
        QueueConsumer consumer = consumerByQueue.get(String.valueOf(frame.header(Headers.SUBSCRIPTION)));
        // One read: the subscription may end between two, and its frame would pass for one of the next subscription.
        long epoch = consumer == null ? QueueConsumer.NOT_TAKEN : consumer.epochOn(connection);
        if (epoch == QueueConsumer.NOT_TAKEN) {
            LOG.debug("a MESSAGE for no subscription: {}", Printable.of(frame.header(Headers.SUBSCRIPTION)));
            return;
        }
        int size = frame.body().length;
        intake.take(connection, size);
        // By message: its parts and repeats run one after the other, and no other message waits. The next begins when
        // this one is settled. It does not wait for headquarters' answer, which a paused connection would not read.
        executor.execute(String.valueOf(frame.header(Headers.MESSAGE_ID)), (KeyedSerialExecutor.Work) over -> {
            Runnable done = () -> {
                intake.release(size);
                over.run();
            };
            // A frame that waited while its connection broke or its subscription ended is delivered again, so skip it.
            // But a part that is kept need not come again.
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
