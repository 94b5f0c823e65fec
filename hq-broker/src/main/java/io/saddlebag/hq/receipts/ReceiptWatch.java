package io.saddlebag.hq.receipts;

import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Watches deliveries that another node settles, of senders that follow their receipts at this node. They were under way when
 * the sender came here. The sender's own questions name them: on each connection it asks for all receipts that it lacks. The store is asked for their ends, {@value #AT_ONCE} at a time, and for nothing when there are none. Safe for
 * any number of threads; {@link #asked} and {@link #tell} block on the store.
 */
public final class ReceiptWatch {
    /** The deliveries whose ends are asked for in one look. */
    public static final int AT_ONCE = 4_000;

    /** Beyond this number none is watched: its sender asks for it at its intervals. */
    private static final int MOST = 100_000;

    private final OutcomeStore store;
    private final LongSupplier node;
    private final ReceiptFollowers followers;
    /** In the order in which they are looked at next. */
    private final Map<Settlement.Key, Watched> watched = new LinkedHashMap<>();
    /** Messages that another connection published before, by sender. */
    private final Map<SiteId, Set<MessageId>> repeated = new HashMap<>();

    /** @param told the state that the sender was told; null for none */
    private record Watched(SiteId sender, String told) {}

    /** @param node this one, hq_node.node_id */
    public ReceiptWatch(OutcomeStore store, LongSupplier node, ReceiptFollowers followers) {
        this.store = store;
        this.node = node;
        this.followers = followers;
    }

    /** The sender asks for these. Called before the answer: an end meanwhile goes out twice rather than never. */
    void asked(SiteId sender, Collection<MessageId> ids) throws StoreException {
        Map<Settlement.Key, Boolean> open = store.openElsewhere(node.getAsLong(), sender, ids);
        synchronized (this) {
            open.forEach((delivery, isDead) -> {
                if (watched.size() < MOST) {
                    watched.putIfAbsent(delivery, new Watched(sender, isDead ? DeliveryOutcome.DEAD_LETTERED : null));
                }
            });
        }
    }

    /** A repeat of the message was confirmed here; the sender did not have the confirm, and has not asked for its receipts. */
    public synchronized void repeated(Manifest manifest) {
        repeated.computeIfAbsent(manifest.sender().id(), sender -> new HashSet<>())
                .add(manifest.messageId());
    }

    /** Tells the senders of what has ended since. */
    public void tell() throws StoreException {
        for (Map.Entry<SiteId, Set<MessageId>> each : takeRepeated().entrySet()) {
            asked(each.getKey(), each.getValue());
        }
        List<Settlement.Key> next = next();
        if (next.isEmpty()) {
            return;
        }
        store.ended(next).forEach(this::tell);
    }

    private synchronized Map<SiteId, Set<MessageId>> takeRepeated() {
        Map<SiteId, Set<MessageId>> taken = new HashMap<>(repeated);
        repeated.clear();
        return taken;
    }

    /** They come last from now on; those of senders that have gone are forgotten. */
    private synchronized List<Settlement.Key> next() {
        watched.values().removeIf(each -> !followers.follows(each.sender()));
        List<Settlement.Key> next = watched.keySet().stream().limit(AT_ONCE).toList();
        if (next.size() < watched.size()) {
            next.forEach(each -> watched.put(each, watched.remove(each)));
        }
        return new ArrayList<>(next);
    }

    /** A dead letter may be requeued, and end again. */
    private void tell(Settlement.Key delivery, DeliveryOutcome outcome) {
        Watched known;
        synchronized (this) {
            known = outcome.state().equals(DeliveryOutcome.DEAD_LETTERED)
                    ? watched.computeIfPresent(delivery, (key, each) -> each)
                    : watched.remove(delivery);
            if (known == null || outcome.state().equals(known.told())) {
                return;
            }
            watched.computeIfPresent(delivery, (key, each) -> new Watched(each.sender(), outcome.state()));
        }
        followers.tell(known.sender(), outcome);
    }
}
