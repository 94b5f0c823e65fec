package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.HeldDelivery;
import io.saddlebag.hq.store.Settlement.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repairs at start what a crash left half done, before anything is written. Rows of the newest commit without a whole
 * payload were never confirmed and go; payloads that no row waits for are freed. A payload that is missing though it was
 * confirmed is a damaged disk: its deliveries are dead-lettered with that reason, never forgotten.
 */
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final String LOST =
            "The sealed message is missing or damaged at headquarters; publish it again" + " under a new message_id";

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final Clock clock;

    public Reconciler(MessageStore messages, PayloadStore payloads, Clock clock) {
        this.messages = messages;
        this.payloads = payloads;
        this.clock = clock;
    }

    /**
     * Repairs; called once, before {@link CommitWriter#start}.
     *
     * @throws StoreException when the database is away; nothing is lost by trying again
     */
    public Findings run() throws StoreException, IOException {
        long newestGroup = messages.newestGroup();
        Map<PayloadRef, List<HeldDelivery>> newest = new HashMap<>();
        List<HeldDelivery> lost = new ArrayList<>();
        Map<String, QueueLoad> backlog = new HashMap<>();
        List<Long> deadWithoutPayload = restoreDead();
        messages.waiting(delivery -> {
            boolean there = payloads.restore(delivery.payload());
            boolean isOfNewest = delivery.messageNumber() >= newestGroup;
            if (isOfNewest) {
                newest.computeIfAbsent(delivery.payload(), unused -> new ArrayList<>())
                        .add(delivery);
            }
            if (there || isOfNewest) {
                count(backlog, delivery, 1);
            } else {
                lost.add(delivery);
            }
        });
        List<Long> unconfirmed = new ArrayList<>();
        for (PayloadRef ref : payloads.renew(newest.keySet())) {
            List<HeldDelivery> broken = newest.get(ref);
            unconfirmed.add(broken.get(0).messageNumber());
            broken.forEach(delivery -> count(backlog, delivery, -1));
        }
        messages.remove(unconfirmed);
        messages.settle(lost.stream().map(this::asLost).toList());
        lost.forEach(each -> deadWithoutPayload.add(each.messageNumber()));
        messages.giveUp(deadWithoutPayload);
        backlog.values().removeIf(QueueLoad.NONE::equals);
        long waiting = backlog.values().stream().mapToLong(QueueLoad::messages).sum();
        Findings findings = new Findings(waiting, unconfirmed.size(), lost.size(), payloads.freeOthers(), backlog);
        LOG.info(
                "store reconciled waiting={} unconfirmed_removed={} dead_lettered={} spool_files_freed={}",
                findings.waiting(),
                findings.unconfirmed(),
                findings.deadLettered(),
                findings.freedFiles());
        return findings;
    }

    private static void count(Map<String, QueueLoad> backlog, HeldDelivery delivery, int sign) {
        QueueLoad before = backlog.getOrDefault(delivery.queueName(), QueueLoad.NONE);
        backlog.put(
                delivery.queueName(),
                before.plus(sign, sign * delivery.payload().bodyLength()));
    }

    /**
     * Keeps the payloads of dead letters, which an operator may requeue; returns the messages that have none. Comes before
     * any file is copied, for a copy holds only what is known to count, and before what waits is read, or one that is
     * requeued meanwhile would be seen by neither.
     */
    private List<Long> restoreDead() throws StoreException, IOException {
        List<Long> without = new ArrayList<>();
        messages.dead(delivery -> {
            if (!payloads.restore(delivery.payload())) {
                LOG.error("payload of the dead letter message_number={} is missing", delivery.messageNumber());
                without.add(delivery.messageNumber());
            }
        });
        return without;
    }

    private Settlement asLost(HeldDelivery delivery) {
        LOG.error("payload of message_number={} is missing: {}", delivery.messageNumber(), delivery.payload());
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                Outcome.LOST,
                null,
                clock.instant(),
                0,
                null,
                LOST,
                null);
    }

    /**
     * What was found.
     *
     * @param waiting deliveries that wait and whose payload is there
     * @param unconfirmed messages that were removed
     * @param deadLettered deliveries that were dead-lettered
     * @param freedFiles spool files that were deleted
     * @param backlog by queue, how much waits
     */
    public record Findings(
            long waiting, int unconfirmed, int deadLettered, int freedFiles, Map<String, QueueLoad> backlog) {
        public Findings {
            backlog = Map.copyOf(backlog);
        }
    }
}
