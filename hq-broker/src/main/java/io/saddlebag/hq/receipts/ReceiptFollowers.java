package io.saddlebag.hq.receipts;

import io.saddlebag.hq.deliver.Outlet;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.SiteId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Who listens for the receipts of which sender. A settlement of a sender that nobody listens for costs one look into a
 * map. Keeps nothing for those who are away: the store does. Safe for any number of threads; no method blocks.
 */
public final class ReceiptFollowers {
    private static final long GATHER_MILLIS = 100;

    private final ScheduledExecutorService later;
    private final Executor turns;
    private final Map<SiteId, List<ReceiptFollower>> bySender = new ConcurrentHashMap<>();

    /** @param turns where frames are made */
    public ReceiptFollowers(ScheduledExecutorService later, Executor turns) {
        this.later = later;
        this.turns = turns;
    }

    /** A delivery has ended, and that is committed. */
    public void settled(QueuedDelivery delivery, Settlement settlement) {
        List<ReceiptFollower> followers = bySender.get(delivery.senderId());
        if (followers == null || followers.isEmpty()) {
            return;
        }
        DeliveryOutcome outcome = new DeliveryOutcome(
                delivery.messageId(),
                delivery.receiverClientId(),
                state(settlement.outcome()),
                settlement.settledTime(),
                settlement.reason(),
                settlement.receipt());
        followers.forEach(follower -> follower.tell(outcome));
    }

    private static String state(Settlement.Outcome outcome) {
        return switch (outcome) {
            case ACKNOWLEDGED -> DeliveryOutcome.ACKNOWLEDGED;
            case DEAD_LETTERED, LOST -> DeliveryOutcome.DEAD_LETTERED;
            case EXPIRED -> DeliveryOutcome.EXPIRED;
            case RETURNED -> throw new IllegalArgumentException("A delivery that waits again has not ended");
        };
    }

    /** From now on the sender's receipts go to the outlet too. */
    ReceiptFollower begin(String subscription, SiteId sender, Outlet outlet) {
        ReceiptFollower follower = new ReceiptFollower(
                subscription,
                sender,
                outlet,
                task -> later.schedule(() -> turns.execute(task), GATHER_MILLIS, TimeUnit.MILLISECONDS));
        bySender.computeIfAbsent(sender, unused -> new CopyOnWriteArrayList<>()).add(follower);
        return follower;
    }

    void end(SiteId sender, ReceiptFollower follower) {
        follower.end();
        bySender.getOrDefault(sender, List.of()).remove(follower);
    }
}
