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
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A route's subscription to its queue over one link: subscribed while the route runs and there is a connection. It takes each
 * MESSAGE from the event loop to the route: frames of one message in order, from whichever link, off the event loop. A sender
 * of SUBSCRIBE or UNSUBSCRIBE holds the monitor from its check until the frame is sent, so that the frames leave in the order
 * of the states.
 */
public final class QueueSubscription implements StompClient.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(QueueConsumer.class);

    private final QueueConsumer consumer;
    private final QueueEndpoint endpoint;
    private final String queue;
    private final QueueEndpoint.Parts parts;
    private final StompClient link;
    private final RepeatedFaults faults = new RepeatedFaults();
    private StompConnection subscribedOn;
    private boolean halted;
    private long epoch;
    /** The newest subscription's. */
    private DeliveryWindow window;
    /** The newest connection whose end the other links hear of. */
    private StompConnection watched;

    QueueSubscription(QueueConsumer consumer, QueueEndpoint.Parts parts, StompClient link) {
        this.consumer = consumer;
        this.endpoint = consumer.getEndpoint();
        this.queue = endpoint.queue();
        this.parts = parts;
        this.link = link;
    }

    QueueConsumer consumer() {
        return consumer;
    }

    StompClient link() {
        return link;
    }

    /** The route starts. */
    void start() {
        synchronized (this) {
            halted = false;
            subscribedOn = null;
        }
        link.register(queue, this);
        subscribe();
    }

    /** The route stops. */
    void stop() {
        if (link.unregister(queue, this)) {
            synchronized (this) {
                takeNothing();
                link.send(unsubscribe());
            }
        }
    }

    private void subscribe() {
        StompConnection connection = link.connection();
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
            if (watched != connection && consumer.hasSeveral()) {
                watched = connection;
                connection.onClose(() -> consumer.broke(this));
            }
        }
        // Off the event loop: the resume points are on the disk.
        parts.executor().execute("subscribe to " + queue, () -> ask(connection));
    }

    private void ask(StompConnection connection) {
        if (link.connection() != connection) {
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
            asked = link.request(subscribe, connection);
        }
        asked.whenComplete((receipt, failure) -> {
            if (failure == null) {
                LOG.info("subscribed to {}", queue);
            } else {
                notSubscribed(connection, failure);
            }
        });
    }

    /** Says again which parts are here: of deliveries that broke off over another link, and may come over this one now. */
    void sayWhatIsKept() {
        parts.executor().execute("subscribe to " + queue, () -> {
            StompConnection connection;
            synchronized (this) {
                connection = subscribedOn;
            }
            String kept = connection == null ? null : kept();
            if (kept != null) {
                link.request(
                                StompFrame.of(StompCommand.SEND)
                                        .header(Headers.DESTINATION, Headers.RESUMES)
                                        .header(Headers.SUBSCRIPTION, queue)
                                        .header(Headers.RESUME, kept)
                                        .build(),
                                connection)
                        .whenComplete((receipt, failure) -> {
                            if (failure != null) {
                                LOG.debug("{}: comes again from part 1: {}", queue, failure.getMessage());
                            }
                        });
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
            QueueConsumer.later(parts.retry(), this::subscribe);
        }
    }

    private StompFrame unsubscribe() {
        return StompFrame.of(StompCommand.UNSUBSCRIBE).header(Headers.ID, queue).build();
    }

    /** In the monitor. */
    private void takeNothing() {
        halted = true;
        subscribedOn = null;
        epoch++;
    }

    /** Takes nothing from now on; completes with headquarters' answer. */
    synchronized CompletableFuture<StompFrame> halt() {
        takeNothing();
        return link.request(unsubscribe());
    }

    /** Ends {@link #halt}. */
    void goOn() {
        synchronized (this) {
            halted = false;
        }
        subscribe();
    }

    /** @return true when the subscription of that epoch has ended, so that headquarters has its deliveries back */
    public synchronized boolean isOver(long ofEpoch) {
        return epoch != ofEpoch;
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
        // By message: its parts and repeats run one after the other, also those of several links, and no other message
        // waits. The next begins when this one is settled. It does not wait for headquarters' answer, which a paused
        // connection would not read.
        parts.executor().execute(String.valueOf(frame.header(Headers.MESSAGE_ID)), (KeyedSerialExecutor.Work) over -> {
            Runnable done = () -> {
                parts.intake().release(size);
                over.run();
            };
            // A frame that waited while its connection broke or its subscription ended is delivered again, so skip it.
            // But a part that is kept need not come again.
            if ((connection.isOpen() || PartHeaders.isKept(frame))
                    && consumer.isRunAllowed()
                    && !isOver(taken.epoch())) {
                consumer.route(new Arrival(frame, connection, this, taken, done));
            } else {
                done.run();
            }
        });
    }
}
