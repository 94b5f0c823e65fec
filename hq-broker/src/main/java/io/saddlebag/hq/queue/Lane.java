package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.util.List;

/**
 * The deliveries of one priority on a queue, as far as memory holds them. Message numbers ascend in the order of commit,
 * so one number divides memory from the store: memory knows every waiting delivery up to {@code known}, and holds none
 * above it. Guarded by the queue's monitor.
 */
final class Lane {
    private final int capacity;
    private Run run;
    private long known;
    private boolean behind = true;
    private boolean skipped;
    private boolean loading;
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

    boolean knows(long number) {
        return number <= known;
    }

    /** Takes in one above all that is known, unless it is to stay in the store until its turn comes. */
    boolean arrived(QueuedDelivery delivery) {
        if (behind || run.size() + resting >= capacity) {
            behind = true;
            skipped = true;
            return false;
        }
        run.add(new Waiting(delivery));
        known = delivery.messageNumber();
        return true;
    }

    /** Claims the next page: the number to load after, or -1 when no page is due. */
    long claimPage() {
        if (!behind || loading || run.size() + resting > capacity / 2) {
            return -1;
        }
        loading = true;
        skipped = false;
        return known;
    }

    /** @param full whether there may be more behind the page */
    void loaded(List<QueuedDelivery> page, boolean full) {
        for (QueuedDelivery delivery : page) {
            run.add(new Waiting(delivery));
            known = Math.max(known, delivery.messageNumber());
        }
        loading = false;
        behind = full || skipped;
    }

    void notLoaded() {
        loading = false;
    }

    void rests(int more) {
        resting += more;
    }

    boolean isBehind() {
        return behind;
    }
}
