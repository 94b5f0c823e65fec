package io.saddlebag.hq.deliver;

import io.saddlebag.hq.queue.QueueIndex;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Wakes the subscriptions of a queue when something is ready on it. Which of several gets a delivery is decided by who
 * has room in its window and comes first. Safe for any number of threads.
 */
public final class Dispatcher {
    private final QueueIndex index;
    private final ConcurrentMap<String, List<Subscription>> subscriptions = new ConcurrentHashMap<>();

    public Dispatcher(QueueIndex index) {
        this.index = index;
        index.onReady(this::wake);
    }

    /** Begins to feed the subscription, its backlog first. */
    public void add(Subscription subscription) {
        subscriptions
                .computeIfAbsent(subscription.queue(), unused -> new CopyOnWriteArrayList<>())
                .add(subscription);
        index.load(List.of(subscription.queue()));
        subscription.wake();
    }

    /** Closes the subscription: its deliveries in flight wait again, for another subscription too. */
    public void remove(Subscription subscription) {
        List<Subscription> ofQueue = subscriptions.get(subscription.queue());
        if (ofQueue != null) {
            ofQueue.remove(subscription);
        }
        subscription.close();
    }

    /** How many subscriptions a queue has. */
    public int subscriptions(String queueName) {
        return subscriptions.getOrDefault(queueName, List.of()).size();
    }

    /** Every subscription may go on. */
    public void wakeAll() {
        subscriptions.keySet().forEach(this::wake);
    }

    private void wake(String queueName) {
        subscriptions.getOrDefault(queueName, List.of()).forEach(Subscription::wake);
    }
}
