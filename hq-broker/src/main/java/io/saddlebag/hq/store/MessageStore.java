package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The metadata: messages and their deliveries. Every call blocks; any thread may read, {@code CommitWriter} alone
 * writes.
 *
 * <p>A message whose sealed message is not known to be whole is doubtful: its rows stay, and it is not dispatched until
 * its publisher repeats it, or it becomes a dead letter.
 *
 * <p>Implementations are tested by one contract.
 */
public interface MessageStore {
    /**
     * Stores messages with their deliveries, all in one transaction, durable at return. Order within the list is the
     * order of commit.
     *
     * @param publications their numbers ascend, above every number committed before
     * @param syncedUpTo the payloads of the messages up to this number are on the disk; committed with the rows
     * @return the outcome of each, in order
     * @throws StoreException when it was not committed, or its outcome is unknown; {@link #doubt} makes either harmless
     */
    List<PublishOutcome> publish(List<StoredPublication> publications, long syncedUpTo) throws StoreException;

    /**
     * Ends deliveries, all in one transaction, durable at return. The first of several ends of one delivery wins. A
     * settlement of a delivery that ended before, or never was, changes nothing.
     *
     * @throws StoreException when it was not committed, or its outcome is unknown; it may be tried again
     */
    Settled settle(List<Settlement> settlements) throws StoreException;

    /**
     * The result of a commit.
     *
     * @param freed the payloads of these messages that no delivery needs any more
     * @param superseded the ends that changed nothing, since the delivery had ended in another way
     */
    record Settled(List<PayloadRef> freed, List<Settlement> superseded) {
        public static final Settled NOTHING = new Settled(List.of(), List.of());
    }

    /**
     * A page of the deliveries that wait on a queue with one priority, by ascending message number.
     *
     * @param after only message numbers above this one
     * @param limit the most deliveries of a page
     */
    List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) throws StoreException;

    /** A bounded number of the deliveries that operators requeued or discarded, see {@link Changes}. */
    Changes takeChanges() throws StoreException;

    /** The message's row, also when it waits no more. */
    Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException;

    /** Every delivery that waits, in one pass and in no order; in memory are a few at a time. */
    void waiting(Visitor visitor) throws StoreException, IOException;

    /** As {@link #waiting}, the dead letters that may be requeued, of messages without a delivery that waits. */
    void dead(Visitor visitor) throws StoreException, IOException;

    /**
     * The highest message number ever committed; 0 for none. Waits for a commit that is still under way, be it of a
     * headquarters that was killed.
     */
    long lastMessageNumber() throws StoreException;

    /** The highest number of which a commit said that all payloads up to it are on the disk; 0 for none. */
    long syncedUpTo() throws StoreException;

    /** Notes, without a publication, that the payloads of the messages up to this number are on the disk. */
    void synced(long messageNumber) throws StoreException;

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
     * The numbers of those publications that are committed, when their outcome is unknown; durable at return. For a node, whose
     * payloads are committed with their rows. Waits for a commit that is still under way on a broken connection.
     */
    Set<Long> committed(List<StoredPublication> publications) throws StoreException;

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

    /** A publication with its number and where its payload was put. */
    record StoredPublication(long messageNumber, Publication publication, PayloadRef payload) {}

    /**
     * A stored message's number and digest.
     *
     * @param payload where it lies; null when no delivery needs it any more
     * @param payloadIsMissing whether a delivery needs it and it is not there: a repeat completes the message
     */
    record StoredMessage(long messageNumber, Sha256 manifestSha256, PayloadRef payload, boolean payloadIsMissing) {}

    /** A delivery that needs its payload, on its queue. */
    record HeldDelivery(long messageNumber, String queueName, PayloadRef payload) {}

    /** Visits one delivery after the other; must not call the store meanwhile. */
    @FunctionalInterface
    interface Visitor {
        void visit(HeldDelivery delivery) throws IOException;
    }

    /**
     * Changes that operators made.
     *
     * @param requeued dead letters that wait again; each is returned once
     * @param discarded dead letters that have ended; each is returned once
     * @param freed payloads that no delivery needs any more
     * @param givenUp deliveries that wait and are to end; told until they have
     * @param more whether another call may tell more
     */
    record Changes(
            List<QueuedDelivery> requeued,
            List<Discarded> discarded,
            List<PayloadRef> freed,
            List<Discarded> givenUp,
            boolean more) {
        public static final Changes NONE = new Changes(List.of(), List.of(), List.of(), List.of(), false);
    }

    /** A delivery that an operator gave up, and why. */
    record Discarded(QueuedDelivery delivery, String reason) {
        /** Its end. */
        public Settlement settlement(Instant now) {
            return new Settlement(
                    delivery.messageNumber(),
                    delivery.queueName(),
                    delivery.payload(),
                    Settlement.Outcome.DISCARDED,
                    null,
                    now,
                    delivery.attempts(),
                    null,
                    null,
                    reason,
                    null,
                    delivery.returns(),
                    null);
        }
    }

    /**
     * The outcome of a publication that is committed and synced.
     *
     * @param outcome stored, repeated, or in conflict with another under the same id
     * @param deliveries to enqueue, when it was stored, or a repeat completed a doubtful message; empty otherwise
     */
    record PublishResult(PublishOutcome outcome, List<QueuedDelivery> deliveries) {
        public static PublishResult of(StoredPublication stored, PublishOutcome outcome) {
            if (outcome != PublishOutcome.STORED) {
                return new PublishResult(outcome, List.of());
            }
            Publication publication = stored.publication();
            return new PublishResult(
                    outcome,
                    publication.deliveries().stream()
                            .map(target -> new QueuedDelivery(
                                    stored.messageNumber(),
                                    publication.messageId(),
                                    publication.senderId(),
                                    publication.sentTimestamp(),
                                    publication.receivedTime(),
                                    publication.expires(),
                                    target.priority(),
                                    0,
                                    QueuedDelivery.Returns.NONE,
                                    target.receiverClientId(),
                                    target.queueName(),
                                    target.routingKey(),
                                    stored.payload()))
                            .toList());
        }
    }

    /** The outcome of a publication. */
    enum PublishOutcome {
        STORED,
        /** The same manifest was stored before: confirm again, deliver nothing again. */
        REPEATED,
        /** The same manifest was stored before, and its payload is missing: {@link #complete} it, then confirm. */
        DOUBTFUL,
        /** The same sender and message_id have another manifest: refuse. */
        CONFLICTING
    }
}
