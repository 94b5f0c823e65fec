package io.saddlebag.hq.node;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The nodes on a database, and what those that ended have left there. Calls block. */
public interface Nodes {
    /**
     * One look at those that have not ended.
     *
     * @param live how many there are
     * @param unheld the names of those without a process that holds their lock, by id
     */
    record Look(int live, Map<Long, String> unheld) {}

    Look look() throws StoreException;

    /** Ends a node after its last commit; returns whether it had not ended. */
    boolean end(long node, String name) throws StoreException;

    /** The nodes that have ended and left deliveries that wait, with the number of these. */
    Map<Long, Long> left() throws StoreException;

    /**
     * Makes deliveries that an ended node left those of another, which must not have ended. Passes over what others take at this
     * moment.
     *
     * @param chosen gets them before the commit; a failure leaves open whether they were taken
     */
    void adopt(long from, long by, int limit, Collection<? super QueuedDelivery> chosen) throws StoreException;

    /** Those of the deliveries that wait and are the node's. Waits for a commit of it that is still under way. */
    List<QueuedDelivery> adopted(long by, Collection<QueuedDelivery> deliveries) throws StoreException;
}
