package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import java.util.List;

/**
 * The outcome of a publication that is committed and synced.
 *
 * @param outcome stored, repeated, or in conflict with another under the same id
 * @param deliveries to enqueue, when it was stored, or a repeat completed a doubtful message; empty otherwise
 */
public record PublishResult(PublishOutcome outcome, List<QueuedDelivery> deliveries) {
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
                                target.receiverClientId(),
                                target.queueName(),
                                target.routingKey(),
                                stored.payload()))
                        .toList());
    }
}
