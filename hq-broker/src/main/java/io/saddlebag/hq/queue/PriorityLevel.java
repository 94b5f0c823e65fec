package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The deliveries of one priority on a queue, as far as memory holds them. Message numbers ascend in the order of
 * commit. Memory knows every waiting delivery up to the number {@code known} and none above it. A delivery below {@code
 * known} that memory lacks was requeued, or committed late: the level goes back and pages anew from there, passing over
 * what memory has. Thus memory stays bounded, every waiting delivery is found, and only deliveries that wait in the
 * store are handed out. Guarded by the queue's monitor.
 */
final class PriorityLevel {
    private static final long NOWHERE = Long.MAX_VALUE;

    private final int capacity;
    private DispatchOrder order;
    private long known;
    /** The highest number that ever was in memory: what arrives above it never was. */
    private long newest;
    /** The next page begins behind this number, if it is lower than what is known. */
    private long anew = NOWHERE;

    private boolean behind = true;
    private boolean skipped;
    private boolean loading;
    /** The deliveries that ended since a page was asked for, which may still contain them. */
    private final Set<Long> ended = new HashSet<>();
    /** The number of those away that wait out a pause; they count as held. */
    private int resting;

    PriorityLevel(int capacity, DispatchOrder order) {
        this.capacity = capacity;
        this.order = order;
    }

    DispatchOrder order() {
        return order;
    }

    /** Sets another order, which holds the same deliveries. */
    void order(DispatchOrder other) {
        order = other;
    }

    /** True when memory was past the number before it came. */
    boolean isLate(long number) {
        return number <= newest;
    }

    /** False when memory has a delivery of this number if it waits. */
    boolean mayLack(long number) {
        return number > Math.min(known, anew);
    }

    /** Takes in one that is not late, unless it is to stay in the store until its turn comes. */
    boolean arrived(QueuedDelivery delivery) {
        if (behind || held() >= capacity) {
            behind = true;
            skipped = true;
            return false;
        }
        order.add(new PendingDelivery(delivery));
        known = delivery.messageNumber();
        newest = known;
        return true;
    }

    private int held() {
        return order.size() + resting;
    }

    /** The store may hold something behind this number that memory lacks. */
    void pageAnew(long after) {
        anew = Math.min(anew, after);
        behind = true;
    }

    /**
     * Claims the next page: the number to load after, or -1 when no page is due. One that goes back is due as soon as there
     * is any room, since what is found there comes before what memory has.
     */
    long claimPage() {
        int most = anew == NOWHERE ? capacity / 2 : capacity - 1;
        if (!behind || loading || held() > most) {
            return -1;
        }
        known = Math.min(known, anew);
        anew = NOWHERE;
        loading = true;
        skipped = false;
        return known;
    }

    /**
     * Takes in what memory has not, as far as there is room.
     *
     * @param full whether there may be more behind the page
     * @param isAway tells what is handed out
     */
    void loaded(List<QueuedDelivery> page, boolean full, Predicate<QueuedDelivery> isAway) {
        boolean more = full;
        for (QueuedDelivery delivery : page) {
            if (!order.has(delivery) && !isAway.test(delivery) && !ended.contains(delivery.messageNumber())) {
                if (held() >= capacity) {
                    more = true;
                    break;
                }
                order.add(new PendingDelivery(delivery));
            }
            known = delivery.messageNumber();
            newest = Math.max(newest, known);
        }
        notLoaded();
        known = more ? known : newest;
        behind = more || skipped || anew != NOWHERE;
    }

    void notLoaded() {
        loading = false;
        ended.clear();
    }

    /** It is settled. */
    void ended(long number) {
        if (loading) {
            ended.add(number);
        }
    }

    void rests(int more) {
        resting += more;
    }

    int resting() {
        return resting;
    }

    boolean isBehind() {
        return behind;
    }
}
