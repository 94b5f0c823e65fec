package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The deliveries of one priority on a queue, as far as memory holds them. Message numbers ascend in the order of commit,
 * so one number divides memory from the store: memory knows every waiting delivery up to {@code known}. It holds none
 * above it, but while the lane goes back: what memory may lack further down (it was requeued, or told of late) is paged in
 * anew from there, and what memory has is passed over. So whatever waits is found, memory stays bounded, and nothing is
 * handed out of which the store does not say that it waits. Guarded by the queue's monitor.
 */
final class Lane {
    private static final long NOWHERE = Long.MAX_VALUE;

    private final int capacity;
    private Run run;
    private long known;
    /** The highest number that ever was in memory: what arrives above it never was. */
    private long newest;
    /** The next page begins behind this number, if it is lower than what is known. */
    private long anew = NOWHERE;

    private boolean behind = true;
    private boolean skipped;
    private boolean loading;
    /** What has ended since a page was asked for, in which it may stand still. */
    private final Set<Long> ended = new HashSet<>();
    /** Of those away, how many wait out a pause: they count as held. */
    private int resting;

    Lane(int capacity, Run run) {
        this.capacity = capacity;
        this.run = run;
    }

    Run run() {
        return run;
    }

    /** From now on in another order; the other run holds what this one held. */
    void run(Run other) {
        run = other;
    }

    /** Whether it came when memory was past it. */
    boolean isLate(long number) {
        return number <= newest;
    }

    /** Takes in one that is not late, unless it is to stay in the store until its turn comes. */
    boolean arrived(QueuedDelivery delivery) {
        if (behind || held() >= capacity) {
            behind = true;
            skipped = true;
            return false;
        }
        run.add(new Waiting(delivery));
        known = delivery.messageNumber();
        newest = known;
        return true;
    }

    private int held() {
        return run.size() + resting;
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
            if (!run.has(delivery) && !isAway.test(delivery) && !ended.contains(delivery.messageNumber())) {
                if (held() >= capacity) {
                    more = true;
                    break;
                }
                run.add(new Waiting(delivery));
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

    boolean isBehind() {
        return behind;
    }
}
