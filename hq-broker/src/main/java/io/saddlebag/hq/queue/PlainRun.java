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
final class PlainRun implements Run {
    /** By ascending number, since they come so: the usual case, in which nothing is sorted. */
    private final Map<Long, Waiting> inOrder = new LinkedHashMap<>();

    private final TreeMap<Long, Waiting> outOfOrder = new TreeMap<>();
    private long newest;

    @Override
    public void add(Waiting waiting) {
        long number = waiting.delivery().messageNumber();
        if (number > newest) {
            newest = number;
            inOrder.put(number, waiting);
        } else {
            outOfOrder.put(number, waiting);
        }
    }

    @Override
    public Waiting take() {
        if (inOrder.isEmpty()) {
            return outOfOrder.isEmpty() ? null : outOfOrder.pollFirstEntry().getValue();
        }
        Iterator<Waiting> all = inOrder.values().iterator();
        Waiting first = all.next();
        if (!outOfOrder.isEmpty() && outOfOrder.firstKey() < first.delivery().messageNumber()) {
            return outOfOrder.pollFirstEntry().getValue();
        }
        all.remove();
        return first;
    }

    @Override
    public void left(Waiting waiting) {
        // Nobody waits for it.
    }

    @Override
    public List<Waiting> takeAll(Predicate<Waiting> test) {
        List<Waiting> taken = new ArrayList<>();
        for (Map<Long, Waiting> each : List.of(outOfOrder, inOrder)) {
            each.values().removeIf(waiting -> test.test(waiting) && taken.add(waiting));
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
    public boolean canTake() {
        return size() > 0;
    }
}
