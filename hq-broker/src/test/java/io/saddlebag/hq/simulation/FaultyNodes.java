package io.saddlebag.hq.simulation;

import io.saddlebag.hq.node.Nodes;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node's look at the others: it fails, or what it did is through and nobody knows. */
final class FaultyNodes implements Nodes {
    private final World world;
    private final Headquarters hq;

    FaultyNodes(World world, Headquarters hq) {
        this.world = world;
        this.hq = hq;
    }

    private void fault() throws StoreException {
        world.others();
        hq.requireDatabase();
        if (world.faults.strike()) {
            throw new StoreException("The database is away", null, true);
        }
    }

    @Override
    public Look look() throws StoreException {
        fault();
        Map<Long, String> unheld = new HashMap<>(world.cluster.live());
        int live = unheld.size();
        unheld.keySet().removeIf(world.cluster::isHeld);
        return new Look(live, unheld);
    }

    @Override
    public boolean end(long node, String name) throws StoreException {
        fault();
        boolean ended = world.cluster.end(node);
        world.note(() -> hq + " ends node " + node);
        fault();
        return ended;
    }

    @Override
    public Map<Long, Long> left() throws StoreException {
        fault();
        Map<Long, Long> left = new HashMap<>();
        if (world.breakage != Breakage.ADOPTS_NOTHING) {
            for (long node = 1; node < hq.node(); node++) {
                count(node, left);
            }
            for (long node : world.cluster.live().keySet()) {
                count(node, left);
            }
        }
        return left;
    }

    private void count(long node, Map<Long, Long> left) {
        long waiting = world.cluster.waitingAt(node).size();
        if (world.cluster.isEnded(node) && waiting > 0) {
            left.put(node, waiting);
        }
    }

    @Override
    public void adopt(long from, long by, int limit, Collection<? super QueuedDelivery> chosen) throws StoreException {
        fault();
        if (world.cluster.isEnded(by)) {
            throw new StoreException("node " + by + " has ended", null, false);
        }
        List<QueuedDelivery> found =
                world.cluster.waitingAt(from).stream().limit(limit).toList();
        chosen.addAll(found);
        if (world.faults.strike()) {
            boolean isThrough = world.faults.toss();
            world.note(() -> hq + " adopts " + found.size() + " of " + from + ", through: " + isThrough);
            if (isThrough) {
                found.forEach(each -> world.cluster.move(each, by));
            }
            throw new StoreException("The database is away", null, true);
        }
        found.forEach(each -> world.cluster.move(each, by));
        world.note(() -> hq + " adopts " + found.size() + " of " + from);
    }

    @Override
    public List<QueuedDelivery> adopted(long by, Collection<QueuedDelivery> deliveries) throws StoreException {
        fault();
        List<QueuedDelivery> its = world.cluster.waitingAt(by);
        return its.stream()
                .filter(each -> deliveries.stream()
                        .anyMatch(chosen -> chosen.messageNumber() == each.messageNumber()
                                && chosen.queueName().equals(each.queueName())))
                .toList();
    }
}
