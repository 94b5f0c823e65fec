package io.saddlebag.hq.node;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends nodes whose process is gone, and takes a share of what ended nodes left into the own queues. Each node does so; whoever
 * comes first has it. A node is ended when nobody holds its lock at two looks. That is no promise that its process is gone:
 * from then on it commits nothing, and what it still delivers comes twice to a centre, which sees that.
 *
 * <p>For one thread; {@link #look} is called every {@link NodeLease#BEAT}.
 */
public final class NodeReaper {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReaper.class);
    /** Looks after the hold was taken up, in which the others come back too: a fail-over takes the locks of all. */
    private static final int LOOKS_TO_WAIT = 4;

    private static final int AT_ONCE = 1_000;
    private static final int SMALLEST_SHARE = 4_000;

    private final Nodes nodes;
    private final long own;
    private final SoleUse lease;
    private final Consumer<Collection<QueuedDelivery>> adopted;
    private final List<QueuedDelivery> unsure = new ArrayList<>();
    private Map<Long, String> unheldBefore = Map.of();
    private long term;
    private int looks;

    /** @param adopted takes deliveries into the queues; must not block */
    public NodeReaper(Nodes nodes, long own, SoleUse lease, Consumer<Collection<QueuedDelivery>> adopted) {
        this.nodes = nodes;
        this.own = own;
        this.lease = lease;
        this.adopted = adopted;
    }

    /** One look at the others. Does nothing without the hold; nothing is lost when it fails. */
    public void look() throws StoreException {
        if (!lease.isHeld()) {
            unheldBefore = Map.of();
            return;
        }
        if (term != lease.term()) {
            term = lease.term();
            looks = 0;
        }
        if (!unsure.isEmpty()) {
            adopted.accept(nodes.adopted(own, unsure));
            unsure.clear();
        }
        Nodes.Look found = nodes.look();
        looks++;
        endUnheld(found);
        for (Map.Entry<Long, Long> left : nodes.left().entrySet()) {
            take(left.getKey(), Math.max(SMALLEST_SHARE, left.getValue() / Math.max(1, found.live())));
        }
    }

    private void endUnheld(Nodes.Look found) throws StoreException {
        Map<Long, String> unheld = new HashMap<>(found.unheld());
        unheld.remove(own);
        for (Map.Entry<Long, String> each : unheld.entrySet()) {
            if (looks > LOOKS_TO_WAIT
                    && unheldBefore.containsKey(each.getKey())
                    && nodes.end(each.getKey(), each.getValue())) {
                LOG.warn(
                        "node {} ({}) holds its lock no more and is ended; its deliveries are adopted",
                        each.getValue(),
                        each.getKey());
            }
        }
        unheldBefore = unheld;
    }

    private void take(long from, long share) throws StoreException {
        long taken = 0;
        int last = AT_ONCE;
        while (taken < share && last == AT_ONCE && lease.isHeld()) {
            List<QueuedDelivery> chosen = new ArrayList<>();
            try {
                nodes.adopt(from, own, AT_ONCE, chosen);
            } catch (StoreException e) {
                unsure.addAll(chosen);
                throw e;
            }
            adopted.accept(chosen);
            last = chosen.size();
            taken += last;
        }
        if (taken > 0) {
            LOG.info("{} deliveries of the ended node {} are adopted", taken, from);
        }
    }
}
