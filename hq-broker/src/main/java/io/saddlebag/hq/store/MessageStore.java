package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.util.List;
import java.util.Optional;

/**
 * The metadata: messages and their deliveries. Every call blocks; {@link CommitWriter} is its only writer.
 *
 * <p>Implementations are tested by one contract.
 */
public interface MessageStore extends AutoCloseable {
    /**
     * Stores and settles, all in one transaction, durable at return. Order within the lists is the order of commit.
     *
     * @return one outcome per publication, in order
     * @throws StoreException when nothing of it was committed
     */
    List<PublishOutcome> commit(List<StoredPublication> publications, List<Settlement> settlements)
            throws StoreException;

    /**
     * A page of what waits on a queue, by ascending message number.
     *
     * @param after only message numbers above this one
     * @param limit at most so many
     */
    List<QueuedDelivery> queued(String queueName, long after, int limit) throws StoreException;

    /** What is known of a message, whether it still waits or not. */
    Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException;

    /** The highest message number ever committed; 0 for none. */
    long lastMessageNumber() throws StoreException;

    @Override
    void close();

    /** A publication with its number and where its payload was put. */
    record StoredPublication(long messageNumber, Publication publication, PayloadRef payload) {}

    /** A stored message's number, digest and whether its payload is still kept. */
    record StoredMessage(long messageNumber, io.saddlebag.message.Sha256 manifestSha256, PayloadRef payload) {}

    /** What became of a publication. */
    enum PublishOutcome {
        STORED,
        /** The same manifest was stored before: confirm again, deliver nothing again. */
        REPEATED,
        /** Another manifest stands under the same sender and message_id: refuse. */
        CONFLICTING
    }
}
