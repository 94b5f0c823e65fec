package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.StoredPublication;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Committed messages whose sealed message is not known to be whole. Their rows stay, whatever happened: a delivery is
 * doubtful, thus not dispatched, until its publisher repeats the message, or it becomes a dead letter. Every call blocks.
 */
public interface DoubtfulMessages {
    /**
     * Marks the rows of publications whose sync failed, or whose commit has an unknown outcome. Publications without a row
     * are passed over, and so is the row of another message under the same number. Waits for a commit that is still under
     * way on a broken connection.
     *
     * @param now UTC
     * @return how many messages have a row
     */
    int doubt(List<StoredPublication> publications, Instant now) throws StoreException;

    /**
     * Marks deliveries whose sealed message is missing or damaged: those that wait become doubtful, dead letters cannot be
     * requeued any more.
     *
     * @return these deliveries
     */
    List<QueuedDelivery> missing(Collection<Long> messageNumbers, Instant now) throws StoreException;

    /**
     * As {@link #missing}, of messages that were synced: those that wait become dead letters.
     *
     * @return the new dead letters
     */
    List<QueuedDelivery> lose(Collection<Long> messageNumbers, String reason, Instant now) throws StoreException;

    /** The numbers of the doubtful messages, each with the time since when it is doubtful, UTC. */
    Map<Long, Instant> doubtful() throws StoreException;

    /**
     * Makes dead letters of those of these messages that are still doubtful.
     *
     * @return the new dead letters
     */
    List<QueuedDelivery> giveUpDoubtful(Collection<Long> messageNumbers, String reason, Instant now)
            throws StoreException;

    /**
     * Gives messages their payload again, from repeats of the same manifest. Deliveries that were doubtful, or dead letters
     * for that reason alone, wait again. A second call with the same repeats has the same answer.
     *
     * @param repeats their payloads are synced; each message once
     */
    List<Completed> complete(List<StoredPublication> repeats) throws StoreException;

    /**
     * A delivery that has a payload again.
     *
     * @param waits false for a dead letter, which an operator may requeue now
     */
    record Completed(QueuedDelivery delivery, boolean waits) {}
}
