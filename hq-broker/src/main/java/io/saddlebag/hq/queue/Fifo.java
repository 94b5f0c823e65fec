package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Hands out in the order of commit; what came back goes first, in its old place. */
final class Fifo implements DispatchOrder {
    /** By ascending number, since they come so: the usual case, in which nothing is sorted. */
    private final Map<Long, PendingDelivery> inOrder = new LinkedHashMap<>();

    private final TreeMap<Long, PendingDelivery> outOfOrder = new TreeMap<>();
    private long newest;

    @Override
    public void add(PendingDelivery pending) {
        long number = pending.delivery().messageNumber();
        if (number > newest) {
            newest = number;
            inOrder.put(number, pending);
        } else {
            outOfOrder.put(number, pending);
        }
    }

    @Override
    public PendingDelivery take() {
        if (inOrder.isEmpty()) {
            return outOfOrder.isEmpty() ? null : outOfOrder.pollFirstEntry().getValue();
        }
        Iterator<PendingDelivery> all = inOrder.values().iterator();
        PendingDelivery first = all.next();
        if (!outOfOrder.isEmpty() && outOfOrder.firstKey() < first.delivery().messageNumber()) {
            return outOfOrder.pollFirstEntry().getValue();
        }
        all.remove();
        return first;
    }

    @Override
    public void left(PendingDelivery pending) {
        // Nobody waits for it.
    }

    @Override
    public List<PendingDelivery> takeAll(Predicate<PendingDelivery> test) {
        List<PendingDelivery> taken = new ArrayList<>();
        for (Map<Long, PendingDelivery> each : List.of(outOfOrder, inOrder)) {
            each.values().removeIf(pending -> test.test(pending) && taken.add(pending));
        }
        return taken;
    }

    @Override
    public boolean has(QueuedDelivery delivery) {
        return inOrder.containsKey(delivery.messageNumber()) || outOfOrder.containsKey(delivery.messageNumber());
    }

    @Override
    public int size() {
        return inOrder.size() + outOfOrder.size();
    }

    @Override
    public PendingDelivery oldest() {
        PendingDelivery first =
                outOfOrder.isEmpty() ? null : outOfOrder.firstEntry().getValue();
        if (inOrder.isEmpty()) {
            return first;
        }
        PendingDelivery next = inOrder.values().iterator().next();
        return first != null
                        && first.delivery().messageNumber() < next.delivery().messageNumber()
                ? first
                : next;
    }

    @Override
    public boolean canTake() {
        return size() > 0;
    }
}
