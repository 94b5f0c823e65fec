package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.SiteId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Hands out one message a sender at a time, in the order of commit; senders take turns. One that came back holds up its
 * own sender only.
 */
final class PerSenderOrder implements DispatchOrder {
    private final Map<SiteId, Sender> senders = new HashMap<>();
    /** Those that may have one handed out; looked at again when their turn comes. */
    private final Queue<Sender> turns = new ArrayDeque<>();

    private int size;

    private static final class Sender {
        final SiteId site;
        final TreeMap<Long, PendingDelivery> ready = new TreeMap<>();
        int away;
        boolean inTurn;

        Sender(SiteId site) {
            this.site = site;
        }

        boolean mayGo() {
            return away == 0 && !ready.isEmpty();
        }
    }

    /** One that was handed out before this run was made is away. */
    void isAway(PendingDelivery pending) {
        sender(pending).away++;
    }

    @Override
    public void add(PendingDelivery pending) {
        Sender sender = sender(pending);
        if (sender.ready.put(pending.delivery().messageNumber(), pending) == null) {
            size++;
        }
        queueUp(sender);
    }

    @Override
    public PendingDelivery take() {
        while (canTake()) {
            Sender sender = turns.remove();
            sender.inTurn = false;
            size--;
            sender.away++;
            return sender.ready.pollFirstEntry().getValue();
        }
        return null;
    }

    @Override
    public void left(PendingDelivery pending) {
        Sender sender = sender(pending);
        sender.away--;
        queueUp(sender);
        if (sender.away == 0 && sender.ready.isEmpty()) {
            senders.remove(sender.site);
        }
    }

    @Override
    public List<PendingDelivery> takeAll(Predicate<PendingDelivery> test) {
        List<PendingDelivery> taken = new ArrayList<>();
        for (Sender sender : senders.values()) {
            int before = taken.size();
            sender.ready.values().removeIf(pending -> test.test(pending) && taken.add(pending));
            sender.away += taken.size() - before;
        }
        size -= taken.size();
        return taken;
    }

    @Override
    public boolean has(QueuedDelivery delivery) {
        Sender sender = senders.get(delivery.senderId());
        return sender != null && sender.ready.containsKey(delivery.messageNumber());
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public PendingDelivery oldest() {
        return senders.values().stream()
                .filter(sender -> !sender.ready.isEmpty())
                .map(sender -> sender.ready.firstEntry().getValue())
                .min(Comparator.comparingLong(each -> each.delivery().messageNumber()))
                .orElse(null);
    }

    @Override
    public boolean canTake() {
        while (!turns.isEmpty() && !turns.peek().mayGo()) {
            turns.remove().inTurn = false;
        }
        return !turns.isEmpty();
    }

    private void queueUp(Sender sender) {
        if (sender.mayGo() && !sender.inTurn) {
            sender.inTurn = true;
            turns.add(sender);
        }
    }

    private Sender sender(PendingDelivery pending) {
        return senders.computeIfAbsent(pending.delivery().senderId(), Sender::new);
    }
}
