package io.saddlebag.hq.queue;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Priority;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The deliveries that wait on each queue, in memory: an index over the store, which alone is the truth. Dispatch asks
 * the index and not the tables. It holds at most {@code capacity} ready deliveries a queue and priority; a longer
 * backlog is paged in as it drains.
 *
 * <p>Safe for any number of threads; only the loader's threads ask the store. The listener runs in the thread that made
 * a delivery ready, with no lock held.
 */
public final class QueueIndex {
    private static final Logger LOG = LoggerFactory.getLogger(QueueIndex.class);

    private static final Priority[] PRIORITIES = Priority.values();

    private final Backlog store;
    private final Executor loader;
    private final int capacity;
    private final ConcurrentMap<String, WaitingQueue> queues = new ConcurrentHashMap<>();
    private volatile Map<String, QueueRules> rules = Map.of();
    private final AtomicReference<Consumer<String>> ready = new AtomicReference<>(queue -> {});

    /**
     * The part of a queue that memory holds.
     *
     * @param ready deliveries that wait for a consumer
     * @param away deliveries at a consumer, or being settled
     * @param moreInStore true when the store may hold more that memory has not seen yet
     */
    public record Depth(int ready, int away, boolean moreInStore) {}

    /**
     * All that waits on a queue.
     *
     * @param unacknowledged at a consumer, or being settled
     * @param delayed came back, and wait out a pause
     * @param oldest when headquarters had the oldest of those that memory holds; null when it holds none
     */
    public record State(long ready, int unacknowledged, int delayed, long bytes, Instant oldest) {}

    /**
     * The traffic of a queue since headquarters started.
     *
     * @param came deliveries that were committed or requeued
     * @param ended deliveries that were acknowledged, dead-lettered or given up
     * @param waiting deliveries that have not ended
     */
    record Traffic(long came, long ended, long waiting) {
        Traffic since(Traffic before) {
            return new Traffic(came - before.came, ended - before.ended, waiting);
        }
    }

    /** The index's view of the store. */
    @FunctionalInterface
    public interface Backlog {
        /**
         * A page of the deliveries that wait on a queue with one priority, by ascending message number. Blocks.
         *
         * @param after only message numbers above this one
         * @param limit the most deliveries of a page
         */
        List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) throws StoreException;
    }

    /**
     * @param loader where the store is asked; may block
     * @param capacity ready deliveries held in memory per queue and priority, at least 2
     */
    public QueueIndex(Backlog store, Executor loader, int capacity) {
        this.store = store;
        this.loader = loader;
        this.capacity = Math.max(2, capacity);
    }

    /** The listener hears of each queue that has a delivery ready. */
    public void onReady(Consumer<String> listener) {
        ready.set(listener);
    }

    /** Sets the rules of each queue; a queue that is not named keeps its rules. */
    public void apply(Map<String, QueueRules> changed) {
        rules = Map.copyOf(changed);
        changed.forEach((name, each) -> {
            queue(name).rules(each);
            ready.get().accept(name);
        });
    }

    public QueueRules rules(String queueName) {
        return queue(queueName).rules();
    }

    /** How much waits on each queue as the store has it; before anything arrives. */
    public void begin(Map<String, QueueLoad> loads) {
        loads.forEach((name, load) -> queue(name).begin(load));
    }

    /** How much waits on the queue, in memory and in the store. */
    public QueueLoad load(String queueName) {
        return queue(queueName).load();
    }

    /** Starts to page in the backlog of these queues, as far as memory has room; a queue that is known stays as it is. */
    public void load(Collection<String> queueNames) {
        queueNames.forEach(name -> page(name, queue(name)));
    }

    /** Takes in what was just committed. */
    public void arrived(Collection<QueuedDelivery> deliveries) {
        for (QueuedDelivery delivery : deliveries) {
            WaitingQueue queue = queue(delivery.queueName());
            if (queue.arrived(delivery)) {
                ready.get().accept(delivery.queueName());
            } else {
                page(delivery.queueName(), queue);
            }
        }
    }

    /** Takes up what operators requeued, or what a node that ended left; it is paged in, in its old place. */
    public void requeued(Collection<QueuedDelivery> deliveries) {
        Set<String> names = new TreeSet<>();
        for (QueuedDelivery delivery : deliveries) {
            queue(delivery.queueName()).requeued(delivery);
            names.add(delivery.queueName());
        }
        load(names);
    }

    /** Pages through all that waits on the queue in the store, for deliveries that memory lacks. */
    void pageAnew(String queueName) {
        queue(queueName).pageAnew();
        load(Set.of(queueName));
    }

    /** The ready delivery whose turn it is, which the caller owns from now on; null when none may go. */
    public PendingDelivery take(String queueName) {
        WaitingQueue queue = queue(queueName);
        PendingDelivery pending = queue.take();
        page(queueName, queue);
        return pending;
    }

    /** The owner could not settle it: it waits again, in its old place. */
    public void giveBack(PendingDelivery pending) {
        String name = pending.delivery().queueName();
        queue(name).giveBack(pending);
        ready.get().accept(name);
    }

    /**
     * Its settlement may be committed or not. Asks the store, so that an ended delivery is not delivered again.
     *
     * @param ended runs when it waits no more and is finished here
     * @param unanswered runs when the store does not answer; the caller owns it still
     */
    public void giveBackIfItWaits(PendingDelivery pending, Runnable ended, Runnable unanswered) {
        loader.execute(() -> {
            try {
                if (waits(pending.delivery())) {
                    giveBack(pending);
                } else {
                    finished(pending);
                    ended.run();
                }
            } catch (StoreException | RuntimeException e) {
                LOG.warn(
                        "{} {}: cannot ask whether it still waits: {}",
                        pending.delivery().queueName(),
                        pending.delivery().messageId(),
                        FaultText.of(e));
                unanswered.run();
            }
        });
    }

    private boolean waits(QueuedDelivery delivery) throws StoreException {
        return store.queued(delivery.queueName(), delivery.priority(), delivery.messageNumber() - 1, 1).stream()
                .anyMatch(found -> found.messageNumber() == delivery.messageNumber());
    }

    /** As {@link #giveBack}, by an owner that takes it again soon; the listener does not hear of it. */
    public void putBack(PendingDelivery pending) {
        queue(pending.delivery().queueName()).giveBack(pending);
    }

    /** The owner keeps it for a pause before it gives it back. It counts as held in memory. */
    public void rest(PendingDelivery pending) {
        queue(pending.delivery().queueName()).rest(pending);
    }

    /** Its settlement is committed; not before, or it might be paged in again. */
    public void finished(PendingDelivery pending) {
        String name = pending.delivery().queueName();
        WaitingQueue queue = queue(name);
        queue.finished(pending);
        if (queue.rules().ordered()) {
            ready.get().accept(name);
        }
    }

    /** True once the delivery's time is over, by its sender's limit or the queue's. */
    public boolean isOver(QueuedDelivery delivery, RunningTime time) {
        return rules(delivery.queueName()).isOver(delivery.receivedTime(), delivery.expires(), time);
    }

    /**
     * Ready deliveries whose time is over, owned by the caller from now on. The deliveries behind them in the store are
     * paged in, so that a backlog without a consumer ends too.
     *
     * @param limit the most deliveries
     */
    public List<PendingDelivery> takeExpired(RunningTime time, int limit) {
        List<PendingDelivery> expired = new ArrayList<>();
        queues.forEach((name, queue) -> {
            List<PendingDelivery> found = queue.takeExpired(time, limit - expired.size());
            expired.addAll(found);
            if (!found.isEmpty()) {
                page(name, queue);
            }
        });
        return expired;
    }

    /**
     * A delivery that waits and that an operator gave up. The caller owns it; null when it has ended meanwhile, and when it is
     * at a consumer, whose word comes first. Unless it ends there, it ends in place of the next push.
     */
    public PendingDelivery takeGivenUp(QueuedDelivery delivery, String reason) {
        return queue(delivery.queueName()).takeGivenUp(delivery, reason);
    }

    public boolean hasReady(String queueName) {
        return queue(queueName).hasReady();
    }

    /** By queue, in the order of names. */
    Map<String, Traffic> traffic() {
        Map<String, Traffic> traffic = new TreeMap<>();
        queues.forEach((name, queue) -> traffic.put(name, queue.traffic()));
        return traffic;
    }

    /** By queue, in the order of names. */
    public Map<String, State> states() {
        Map<String, State> states = new TreeMap<>();
        queues.forEach((name, queue) -> states.put(name, queue.state()));
        return states;
    }

    /** By queue, in the order of names. */
    public Map<String, Depth> depths() {
        Map<String, Depth> depths = new TreeMap<>();
        queues.forEach((name, queue) -> depths.put(name, queue.depth()));
        return depths;
    }

    private WaitingQueue queue(String name) {
        return queues.computeIfAbsent(
                name, unused -> new WaitingQueue(capacity, rules.getOrDefault(name, QueueRules.DEFAULT)));
    }

    private void page(String name, WaitingQueue queue) {
        for (Priority priority : PRIORITIES) {
            long after = queue.claimPage(priority);
            if (after >= 0) {
                loader.execute(() -> loadPage(name, queue, priority, after));
            }
        }
    }

    private void loadPage(String name, WaitingQueue queue, Priority priority, long after) {
        int limit = Math.max(1, capacity / 2);
        try {
            List<QueuedDelivery> page = store.queued(name, priority, after, limit);
            queue.loaded(priority, page, page.size() >= limit);
            if (!page.isEmpty()) {
                ready.get().accept(name);
            }
            page(name, queue);
        } catch (StoreException | RuntimeException e) {
            queue.notLoaded(priority);
            // An outage of the database is logged as such, and once.
            boolean isOutage = e instanceof StoreException failure && failure.isPassing();
            LOG.atLevel(isOutage ? Level.DEBUG : Level.WARN)
                    .log("{}: the backlog could not be read and is tried again soon: {}", name, FaultText.of(e));
        }
    }
}
