package io.saddlebag.rc.intake;

import io.saddlebag.stomp.StompFrame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beginning of a route that takes from a queue, with a {@link QueueSubscription} over each of the site's links. */
public final class QueueConsumer extends DefaultConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(QueueConsumer.class);

    /** The time in which the parts that came over a link before it broke are written. */
    private static final Duration WRITTEN = Duration.ofSeconds(1);

    private final QueueEndpoint endpoint;
    private final String queue;
    private final Duration look;
    private final List<QueueSubscription> subscriptions;
    private boolean halted;

    QueueConsumer(QueueEndpoint endpoint, Processor processor, QueueEndpoint.Parts parts) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.queue = endpoint.queue();
        this.look = parts.look();
        this.subscriptions = parts.links().all().stream()
                .map(link -> new QueueSubscription(this, parts, link))
                .toList();
    }

    @Override
    public QueueEndpoint getEndpoint() {
        return endpoint;
    }

    /** One a link. */
    public List<QueueSubscription> subscriptions() {
        return subscriptions;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        synchronized (this) {
            halted = false;
        }
        subscriptions.forEach(QueueSubscription::start);
    }

    @Override
    protected void doStop() throws Exception {
        subscriptions.forEach(QueueSubscription::stop);
        super.doStop();
    }

    boolean hasSeveral() {
        return subscriptions.size() > 1;
    }

    /** A connection of that subscription ended. Its deliveries may come over another link, which resumes them. */
    void broke(QueueSubscription ended) {
        if (isRunAllowed()) {
            later(WRITTEN, () -> subscriptions.stream()
                    .filter(each -> each != ended)
                    .forEach(QueueSubscription::sayWhatIsKept));
        }
    }

    static void later(Duration pause, Runnable task) {
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }

    /**
     * Takes nothing from the queue, over no link, until a trouble is over; headquarters has its deliveries back. Logs the
     * beginning and the end, once each. Does nothing when that subscription of that epoch has ended.
     *
     * @param isOver called at intervals, off the event loop
     */
    void suspend(QueueSubscription by, long ofEpoch, String trouble, BooleanSupplier isOver) {
        List<CompletableFuture<StompFrame>> ended;
        synchronized (this) {
            if (by.isOver(ofEpoch)) {
                return;
            }
            halted = true;
            ended = subscriptions.stream().map(QueueSubscription::halt).toList();
        }
        LOG.error(
                "{}: takes no deliveries now: {}. Headquarters keeps them, and this centre continues by itself",
                queue,
                trouble);
        CompletableFuture.allOf(ended.toArray(CompletableFuture<?>[]::new))
                .whenComplete((receipts, failure) -> later(look, () -> lookAfter(isOver)));
    }

    /** True while nothing is taken because of a trouble, see {@link #suspend}. */
    public synchronized boolean isPaused() {
        return halted && isRunAllowed();
    }

    private void lookAfter(BooleanSupplier isOver) {
        if (!isRunAllowed()) {
            return;
        }
        if (!seesOver(isOver)) {
            later(look, () -> lookAfter(isOver));
            return;
        }
        synchronized (this) {
            if (!isRunAllowed()) {
                return;
            }
            halted = false;
        }
        LOG.info("{}: takes deliveries again", queue);
        subscriptions.forEach(QueueSubscription::goOn);
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

    /**
     * Sends a frame through the route, on the calling thread until a step waits. Throws nothing: after an error headquarters
     * has the delivery back.
     */
    void route(Arrival arrival) {
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
