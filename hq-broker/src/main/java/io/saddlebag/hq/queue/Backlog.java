package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Priority;
import java.util.List;

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
