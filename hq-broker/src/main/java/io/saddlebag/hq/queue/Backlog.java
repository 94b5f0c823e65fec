package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Priority;
import java.util.List;

/** What the index asks of the store. */
@FunctionalInterface
public interface Backlog {
    /**
     * A page of what waits on a queue with one priority, by ascending message number. Blocks.
     *
     * @param after only message numbers above this one
     * @param limit at most so many
     */
    List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) throws StoreException;
}
