package io.saddlebag.hq.store;

import java.util.List;

/**
 * What became of a publication, once it is certain: committed and synced.
 *
 * @param outcome whether it was stored, seen before, or stands against another under the same id
 * @param deliveries to enqueue, when it was stored; empty otherwise
 */
public record PublishResult(MessageStore.PublishOutcome outcome, List<QueuedDelivery> deliveries) {}
