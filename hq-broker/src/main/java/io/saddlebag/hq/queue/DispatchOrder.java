package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.util.List;
import java.util.function.Predicate;

/** The ready deliveries of a level and the order in which they are handed out. Guarded by the queue's monitor. */
interface DispatchOrder {
    /** It is ready: it has just come, or {@link #left} was called before. */
    void add(PendingDelivery pending);

    /** The next one, which is away from now on; null when none may go now. */
    PendingDelivery take();

    /** One that was away is settled, or about to be added again. */
    void left(PendingDelivery pending);

    /** Takes out of turn all that the test names; they are away from now on. */
    List<PendingDelivery> takeAll(Predicate<PendingDelivery> test);

    boolean has(QueuedDelivery delivery);

    /** How many are ready, those included that may not go now. */
    int size();

    /** The one that was committed first of those that are ready; null when none is. */
    PendingDelivery oldest();

    /** True when {@link #take} would return one. */
    boolean canTake();
}
