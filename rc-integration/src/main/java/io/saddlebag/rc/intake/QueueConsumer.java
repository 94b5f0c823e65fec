package io.saddlebag.rc.intake;

import io.saddlebag.clock.Durations;
import io.saddlebag.journal.JournalException;
import io.saddlebag.log.FaultText;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A route's subscription to its queue: subscribed while the route runs and there is a connection. It takes each MESSAGE
 * from the event loop to the route: frames of one message in order, off the event loop. A sender of SUBSCRIBE or
 * UNSUBSCRIBE holds the monitor from its check until the frame is sent, so that the frames leave in the order of the states.
 */
public final class QueueConsumer extends DefaultConsumer implements StompClient.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(QueueConsumer.class);

    private final QueueEndpoint endpoint;
    private final String queue;
    private final QueueEndpoint.Parts parts;
    private final RepeatedFaults faults = new RepeatedFaults();
    private StompConnection subscribedOn;
    private boolean halted;
    private long epoch;
    /** The newest subscription's. */
    private DeliveryWindow window;

    QueueConsumer(QueueEndpoint endpoint, Processor processor, QueueEndpoint.Parts parts) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.queue = endpoint.queue();
        this.parts = parts;
    }

    @Override
    public QueueEndpoint getEndpoint() {
        return endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        synchronized (this) {
            halted = false;
            subscribedOn = null;
        }
        parts.link().register(queue, this);
        subscribe();
    }

    @Override
    protected void doStop() throws Exception {
        if (parts.link().unregister(queue, this)) {
            synchronized (this) {
                halt();
                parts.link().send(unsubscribe());
            }
        }
        super.doStop();
    }

    private void subscribe() {
        StompConnection connection = parts.link().connection();
        if (connection != null) {
            connected(connection);
        }
    }

    /** Subscribes, once for each connection. */
    @Override
    public void connected(StompConnection connection) {
        synchronized (this) {
            if (halted || subscribedOn == connection) {
                return;
            }
            subscribedOn = connection;
            epoch++;
            window = new DeliveryWindow(epoch, endpoint.prefetch());
        }
        // Off the event loop: the resume points are on the disk.
        parts.executor().execute("subscribe to " + queue, () -> ask(connection));
    }

    private void ask(StompConnection connection) {
        if (parts.link().connection() != connection) {
            return;
        }
        StompFrame subscribe = StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, queue)
                .header(Headers.DESTINATION, Headers.QUEUE_PREFIX + queue)
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, endpoint.prefetch())
                .header(Headers.RESUME, kept())
                .build();
        CompletableFuture<StompFrame> asked;
        synchronized (this) {
            if (subscribedOn != connection) {
                // Suspended or connected anew since this task was queued.
                return;
            }
            asked = parts.link().request(subscribe, connection);
        }
        asked.whenComplete((receipt, failure) -> {
            if (failure == null) {
                LOG.info("subscribed to {}", queue);
            } else {
                notSubscribed(connection, failure);
            }
        });
    }

    /** Null after a fault: headquarters then sends all parts again. */
    private String kept() {
        try {
            return parts.resumePoints().header(queue, endpoint.prefetch());
        } catch (IOException | JournalException e) {
            LOG.warn("{}: cannot resume the parts that were kept: {}", queue, Printable.reason(FaultText.of(e)));
            return null;
        }
    }

    private void notSubscribed(StompConnection connection, Throwable failure) {
        synchronized (this) {
            if (subscribedOn == connection) {
                subscribedOn = null;
            }
        }
        if (failure instanceof Refusal refusal) {
            faults.occurred(refusal.code().text())
                    .ifPresent(repeats -> LOG.error(
                            "cannot subscribe to {}: {} {}; tried again in {}{}",
                            queue,
                            refusal.code().text(),
                            Printable.reason(refusal.reason()),
                            Durations.text(parts.retry()),
                            repeats));
            later(parts.retry(), this::subscribe);
        }
    }

    private static void later(Duration pause, Runnable task) {
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }

    private StompFrame unsubscribe() {
        return StompFrame.of(StompCommand.UNSUBSCRIBE).header(Headers.ID, queue).build();
    }

    /** Takes nothing from now on. In the monitor. */
    private void halt() {
        halted = true;
        subscribedOn = null;
        epoch++;
    }

    /**
     * Takes nothing from the queue until a trouble is over; headquarters has its deliveries back. Logs the beginning and
     * the end, once each. Does nothing when the subscription of that epoch has ended.
     *
     * @param isOver called at intervals, off the event loop
     */
    public void suspend(long ofEpoch, String trouble, BooleanSupplier isOver) {
        CompletableFuture<StompFrame> ended;
        synchronized (this) {
            if (isOver(ofEpoch)) {
                return;
            }
            halt();
            ended = parts.link().request(unsubscribe());
        }
        LOG.error(
                "{}: takes no deliveries now: {}. Headquarters keeps them, and this centre continues by itself",
                queue,
                trouble);
        ended.whenComplete((receipt, failure) -> later(parts.look(), () -> lookAfter(isOver)));
    }

    /** True while nothing is taken because of a trouble, see {@link #suspend}. */
    public synchronized boolean isPaused() {
        return halted && isRunAllowed();
    }

    /** @return true when the subscription of that epoch has ended, so that headquarters has its deliveries back */
    public synchronized boolean isOver(long ofEpoch) {
        return epoch != ofEpoch;
    }

    private void lookAfter(BooleanSupplier isOver) {
        if (!isRunAllowed()) {
            return;
        }
        if (!seesOver(isOver)) {
            later(parts.look(), () -> lookAfter(isOver));
            return;
        }
        synchronized (this) {
            if (!isRunAllowed()) {
                return;
            }
            halted = false;
        }
        LOG.info("{}: takes deliveries again", queue);
        subscribe();
    }

    /** False after a check that fails: another follows. */
    private boolean seesOver(BooleanSupplier isOver) {
        try {
            return isOver.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.error("{}: cannot see whether it may take deliveries again", queue, e);
            return false;
        }
    }

    /** The window of frames that come on this connection now; null when none is to be taken. */
    private synchronized DeliveryWindow windowOn(StompConnection connection) {
        return subscribedOn == connection ? window : null;
    }

    @Override
    public void take(StompFrame frame, StompConnection connection) {
        // One read: the subscription may end between two, and its frame would pass for one of the next subscription.
        DeliveryWindow taken = windowOn(connection);
        if (taken == null) {
            LOG.debug("{}: a MESSAGE after its subscription", queue);
            return;
        }
        taken.receive(frame.header(Headers.ACK), !PartHeaders.isKept(frame));
        int size = frame.memory();
        parts.intake().take(connection, size);
        // By message: its parts and repeats run one after the other, and no other message waits. The next begins when
        // this one is settled. It does not wait for headquarters' answer, which a paused connection would not read.
        parts.executor().execute(String.valueOf(frame.header(Headers.MESSAGE_ID)), (KeyedSerialExecutor.Work) over -> {
            Runnable done = () -> {
                parts.intake().release(size);
                over.run();
            };
            // A frame that waited while its connection broke or its subscription ended is delivered again, so skip it.
            // But a part that is kept need not come again.
            if ((connection.isOpen() || PartHeaders.isKept(frame)) && isRunAllowed() && !isOver(taken.epoch())) {
                route(frame, connection, taken, done);
            } else {
                done.run();
            }
        });
    }

    /**
     * Sends the frame through the route, on the calling thread until a step waits. Throws nothing: after an error
     * headquarters has the delivery back.
     *
     * @param over called once it is settled or goes no further, by any thread
     */
    private void route(StompFrame frame, StompConnection connection, DeliveryWindow taken, Runnable over) {
        Arrival arrival = new Arrival(frame, connection, this, taken, over);
        Exchange exchange = createExchange(false);
        exchange.setProperty(Arrival.PROPERTY, arrival);
        try {
            getAsyncProcessor().process(exchange, doneSync -> {
                arrival.over();
                releaseExchange(exchange, false);
            });
        } catch (Throwable e) {
            LOG.error(
                    "{}: delivery aborted by an unexpected error; connection closed, headquarters will redeliver",
                    queue,
                    e);
            arrival.abort(exchange);
        }
    }
}
