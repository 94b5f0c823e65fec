package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * One queue's part of the index. Memory holds a bounded run of what waits; a longer backlog stays in the store and is
 * paged in. Message numbers ascend in the order of commit, so one number divides the two: memory knows every waiting
 * delivery up to {@code known}, and holds none above it.
 *
 * <p>Guarded by its own monitor, which is never held while the store is asked.
 */
final class WaitingQueue {
    private final int capacity;
    private final TreeMap<Long, Waiting> ready = new TreeMap<>();
    private final Set<Long> away = new HashSet<>();
    private long known;
    private boolean behind = true;
    private boolean skipped;
    private boolean loading;

    WaitingQueue(int capacity) {
        this.capacity = capacity;
    }

    /** What became of a newly committed delivery. */
    enum Arrival {
        READY,
        /** It stays in the store and is paged in when its turn comes. */
        LEFT_IN_STORE,
        /** Memory was here before or never saw it: the store must say whether it still waits. */
        UNCERTAIN
    }

    synchronized Arrival arrived(QueuedDelivery delivery) {
        long number = delivery.messageNumber();
        if (number <= known) {
            return ready.containsKey(number) || away.contains(number) ? Arrival.LEFT_IN_STORE : Arrival.UNCERTAIN;
        }
        if (behind || ready.size() >= capacity) {
            behind = true;
            skipped = true;
            return Arrival.LEFT_IN_STORE;
        }
        ready.put(number, new Waiting(delivery));
        known = number;
        return Arrival.READY;
    }

    /** The store says that an uncertain one still waits. It was asked after the uncertainty was found. */
    synchronized boolean confirmedWaiting(QueuedDelivery delivery) {
        long number = delivery.messageNumber();
        if (number > known || ready.containsKey(number) || away.contains(number)) {
            return false;
        }
        ready.put(number, new Waiting(delivery));
        return true;
    }

    /** The oldest that is ready, now with the caller; null when none is. */
    synchronized Waiting take() {
        var oldest = ready.pollFirstEntry();
        if (oldest == null) {
            return null;
        }
        away.add(oldest.getKey());
        return oldest.getValue();
    }

    synchronized void giveBack(Waiting waiting) {
        long number = waiting.delivery().messageNumber();
        if (away.remove(number)) {
            ready.put(number, waiting);
        }
    }

    synchronized void finished(Waiting waiting) {
        away.remove(waiting.delivery().messageNumber());
    }

    /** Claims the next page: the number to load after, or -1 when no page is due. Each claim is answered by one of the two below. */
    synchronized long claimPage() {
        if (!behind || loading || ready.size() > capacity / 2) {
            return -1;
        }
        loading = true;
        skipped = false;
        return known;
    }

    /**
     * Takes in a claimed page.
     *
     * @param full whether there may be more behind it
     */
    synchronized void loaded(List<QueuedDelivery> page, boolean full) {
        for (QueuedDelivery delivery : page) {
            ready.put(delivery.messageNumber(), new Waiting(delivery));
            known = Math.max(known, delivery.messageNumber());
        }
        loading = false;
        behind = full || skipped;
    }

    synchronized void notLoaded() {
        loading = false;
    }

    /** Ready ones whose time is over, now with the caller. */
    synchronized List<Waiting> takeExpired(Instant now) {
        List<Waiting> expired =
                ready.values().stream().filter(each -> each.isExpired(now)).toList();
        for (Waiting each : expired) {
            ready.remove(each.delivery().messageNumber());
            away.add(each.delivery().messageNumber());
        }
        return expired;
    }

    synchronized boolean hasReady() {
        return !ready.isEmpty();
    }

    synchronized QueueDepth depth() {
        return new QueueDepth(ready.size(), away.size(), behind);
    }
}
