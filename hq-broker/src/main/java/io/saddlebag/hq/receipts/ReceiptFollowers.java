package io.saddlebag.hq.receipts;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The clients that follow the receipts of each sender. A settlement that no client follows costs one map look-up. Receipts
 * for absent clients are kept by the store alone. Safe for any number of threads; no method blocks.
 */
public final class ReceiptFollowers {
    private static final long GATHER_MILLIS = 100;

    private final ScheduledExecutorService later;
    private final Executor turns;
    private final Map<SiteId, List<ReceiptFollower>> bySender = new ConcurrentHashMap<>();
    private volatile Consumer<Manifest> repeats = manifest -> {};
    private volatile Consumer<SiteId> verdicts = sender -> {};

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
                settlement.detail(),
                settlement.receipt());
        followers.forEach(follower -> follower.tell(outcome));
    }

    /** A repeat of a message was confirmed. */
    public void repeated(Manifest manifest) {
        repeats.accept(manifest);
    }

    /** @param listener hears of each repeat; must not block */
    public void onRepeat(Consumer<Manifest> listener) {
        repeats = listener;
    }

    /** @param listener hears of each sender that wants the verdicts that it lacks; must not block */
    void onVerdictsWanted(Consumer<SiteId> listener) {
        verdicts = listener;
    }

    void wantVerdicts(ReceiptFollower follower) {
        follower.wantVerdicts();
        verdicts.accept(follower.sender());
    }

    /** The senders that follow their receipts and want verdicts. */
    List<SiteId> wantingVerdicts() {
        return bySender.entrySet().stream()
                .filter(each -> each.getValue().stream().anyMatch(ReceiptFollower::wantsVerdicts))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Tells the clients of the sender. */
    void tell(SiteId sender, DeliveryOutcome outcome) {
        bySender.getOrDefault(sender, List.of()).forEach(follower -> follower.tell(outcome));
    }

    /** True while a client follows the receipts of the sender. */
    boolean follows(SiteId sender) {
        return !bySender.getOrDefault(sender, List.of()).isEmpty();
    }

    private static String state(Settlement.Outcome outcome) {
        return switch (outcome) {
            case ACKNOWLEDGED -> DeliveryOutcome.ACKNOWLEDGED;
            case DEAD_LETTERED, LOST -> DeliveryOutcome.DEAD_LETTERED;
            case DISCARDED -> DeliveryOutcome.DISCARDED;
            case EXPIRED -> DeliveryOutcome.EXPIRED;
            case RETURNED -> throw new IllegalArgumentException("A delivery that waits again has not ended");
        };
    }

    /** Sends the sender's receipts to the sink too, until {@link #end}. */
    ReceiptFollower begin(String subscription, SiteId sender, FrameSink sink) {
        ReceiptFollower follower = new ReceiptFollower(
                subscription,
                sender,
                sink,
                task -> later.schedule(() -> turns.execute(task), GATHER_MILLIS, TimeUnit.MILLISECONDS));
        bySender.computeIfAbsent(sender, unused -> new CopyOnWriteArrayList<>()).add(follower);
        return follower;
    }

    void end(ReceiptFollower follower) {
        follower.end();
        bySender.getOrDefault(follower.sender(), List.of()).remove(follower);
    }
}
