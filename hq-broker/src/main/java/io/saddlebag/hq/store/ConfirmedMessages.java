package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.StoredMessage;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The confirmed messages of the store. A higher row belongs to a commit under way or in doubt: it may yet become
 * doubtful, thus it is neither delivered nor confirmed. Blocks; safe for any number of threads.
 */
public final class ConfirmedMessages {
    private final MessageStore messages;
    private final LongSupplier confirmedUpTo;

    /** @param confirmedUpTo see {@code CommitWriter.confirmedUpTo} */
    public ConfirmedMessages(MessageStore messages, LongSupplier confirmedUpTo) {
        this.messages = messages;
        this.confirmedUpTo = confirmedUpTo;
    }

    /**
     * As {@link MessageStore#queued}, without unconfirmed deliveries; the index hears of them once they are confirmed.
     */
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit)
            throws StoreException {
        // Read first: a message that is confirmed here cannot become doubtful while the store answers.
        long confirmed = confirmedUpTo.getAsLong();
        return messages.queued(queueName, priority, after, limit).stream()
                .filter(delivery -> delivery.messageNumber() <= confirmed)
                .toList();
    }

    /** As {@link MessageStore#find}, of messages that need no repeat: a message without its payload is not found. */
    public Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException {
        long confirmed = confirmedUpTo.getAsLong();
        return messages.find(sender, id)
                .filter(message -> message.messageNumber() <= confirmed && !message.payloadIsMissing());
    }
}
