package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.DoubtLimit;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.Changes;
import io.saddlebag.hq.store.MessageStore.Discarded;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that timers start to keep queues, store and index in line. {@link #takeChanges} and {@link #giveUpDoubtful} block
 * on the store, and do nothing while another headquarters may use it. Safe for any number of threads.
 */
public final class UpkeepSteps {
    private static final Logger LOG = LoggerFactory.getLogger(UpkeepSteps.class);
    private static final QueueIndex.Traffic NONE = new QueueIndex.Traffic(0, 0, 0);

    private final QueueIndex index;
    private final MessageStore messages;
    private final PayloadStore payloads;
    private final SoleUse use;
    private final DoubtLimit doubt;
    private final Clock clock;
    private final BiConsumer<QueuedDelivery, Settlement> settled;
    private final Consumer<Discarded> givenUp;
    private Map<String, QueueIndex.Traffic> trafficBefore = new HashMap<>();
    private Map<String, Long> differencesBefore = Map.of();

    /**
     * @param settled hears of each delivery that has ended; must not block
     * @param givenUp ends a delivery that waits, unless it is at a receiver; must not block
     */
    public UpkeepSteps(
            QueueIndex index,
            MessageStore messages,
            PayloadStore payloads,
            SoleUse use,
            DoubtLimit doubt,
            Clock clock,
            BiConsumer<QueuedDelivery, Settlement> settled,
            Consumer<Discarded> givenUp) {
        this.index = index;
        this.messages = messages;
        this.payloads = payloads;
        this.use = use;
        this.doubt = doubt;
        this.clock = clock;
        this.settled = settled;
        this.givenUp = givenUp;
    }

    /**
     * Takes up what operators did in the database since the last call. Requeued dead letters wait again, discarded ones and
     * what waits and was given up end. Payloads that nothing needs any more are freed.
     */
    public void takeChanges(Exchange exchange) throws StoreException {
        if (!use.isHeld()) {
            return;
        }
        Changes changes;
        do {
            changes = messages.takeChanges();
            index.requeued(changes.requeued());
            changes.requeued()
                    .forEach(each -> LOG.info("{} {}: requeued by an operator", each.messageId(), each.queueName()));
            changes.discarded().forEach(this::tellDiscarded);
            changes.freed().forEach(this::drop);
            changes.givenUp().forEach(givenUp);
        } while (changes.more());
    }

    private void tellDiscarded(Discarded each) {
        QueuedDelivery delivery = each.delivery();
        LOG.info("{} {}: discarded by an operator: {}", delivery.messageId(), delivery.queueName(), each.reason());
        settled.accept(delivery, each.settlement(clock.instant()));
    }

    private void drop(PayloadRef payload) {
        payloads.drop(payload);
        LOG.info("payload {} of discarded dead letters is freed", payload);
    }

    /** Makes dead letters of messages that stayed doubtful too long. Their senders hear of it. */
    public void giveUpDoubtful(Exchange exchange) throws StoreException {
        if (use.isHeld()) {
            doubt.giveUp().forEach(delivery -> settled.accept(delivery, lost(delivery)));
        }
    }

    private Settlement lost(QueuedDelivery delivery) {
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                Settlement.Outcome.LOST,
                null,
                clock.instant(),
                delivery.attempts(),
                null,
                null,
                doubt.reason(),
                null,
                QueuedDelivery.Returns.NONE,
                null);
    }

    /**
     * Logs one line for each queue that a delivery came to or left since the last call. The tables keep what becomes of
     * each message.
     */
    public void tellTraffic(Exchange exchange) {
        changedTraffic()
                .forEach((name, traffic) -> LOG.info(
                        "{}: {} came, {} ended, {} wait", name, traffic.came(), traffic.ended(), traffic.waiting()));
    }

    /** The traffic since the last call, by queue; without the queues that had none. */
    synchronized Map<String, QueueIndex.Traffic> changedTraffic() {
        Map<String, QueueIndex.Traffic> before = trafficBefore;
        trafficBefore = index.traffic();
        return trafficBefore.entrySet().stream()
                .map(queue ->
                        Map.entry(queue.getKey(), queue.getValue().since(before.getOrDefault(queue.getKey(), NONE))))
                .filter(queue -> queue.getValue().came() > 0 || queue.getValue().ended() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Compares the number of deliveries that wait on each queue in the store with the index. The body holds rows of
     * {@code queue_name}, {@code waiting}. Commits continue meanwhile, so that only a difference that stays until the next
     * call counts. It is logged, and the queue is paged anew.
     */
    public void compareQueues(Exchange exchange) {
        Map<String, Long> stored = new HashMap<>();
        for (Object row : exchange.getMessage().getBody(List.class)) {
            Map<?, ?> columns = (Map<?, ?>) row;
            stored.put(String.valueOf(columns.get("queue_name")), ((Number) columns.get("waiting")).longValue());
        }
        compare(stored);
    }

    /** The queues whose difference stayed. */
    synchronized Set<String> compare(Map<String, Long> stored) {
        // Asks again for the pages that the store did not deliver when they were due.
        index.load(stored.keySet());
        Map<String, Long> differences = new HashMap<>();
        Set<String> lasting = new TreeSet<>();
        Map<String, QueueIndex.Depth> depths = index.depths();
        Set<String> names = new HashSet<>(stored.keySet());
        names.addAll(depths.keySet());
        for (String name : names) {
            QueueIndex.Depth depth = depths.getOrDefault(name, new QueueIndex.Depth(0, 0, true));
            long difference = stored.getOrDefault(name, 0L) - depth.ready() - depth.away();
            if (difference == 0 || (difference > 0 && depth.moreInStore())) {
                continue;
            }
            differences.put(name, difference);
            if (difference == differencesBefore.getOrDefault(name, 0L)) {
                lasting.add(name);
                LOG.warn(
                        "{}: the store holds {} waiting deliveries, memory {} ready and {} away; {}",
                        name,
                        stored.getOrDefault(name, 0L),
                        depth.ready(),
                        depth.away(),
                        difference > 0 ? "what memory lacks is paged in" : "a restart rebuilds it");
                if (difference > 0) {
                    index.pageAnew(name);
                }
            }
        }
        differencesBefore = differences;
        return lasting;
    }
}
