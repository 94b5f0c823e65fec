package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.util.List;
import java.util.function.Predicate;

/** The ready deliveries of a lane and the order in which they are handed out. Guarded by the queue's monitor. */
interface Run {
    /** It is ready: it has just come, or {@link #left} was called before. */
    void add(Waiting waiting);

    /** The next one, which is away from now on; null when none may go now. */
    Waiting take();

    /** One that is away is so no longer: it is settled, or about to be added again. */
    void left(Waiting waiting);

    /** Takes out of turn all that the test names; they are away from now on. */
    List<Waiting> takeAll(Predicate<Waiting> test);

    boolean has(QueuedDelivery delivery);

    /** How many are ready, those included that may not go now. */
    int size();

    /** Whether {@link #take} would give one. */
    boolean canTake();
}
