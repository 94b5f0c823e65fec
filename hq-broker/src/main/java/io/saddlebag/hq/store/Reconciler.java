package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.HeldDelivery;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repairs at start what a crash left half done, before anything is written; deletes no row. The store says up to which
 * number the spool was synced. A payload that is missing at or below it is damage: its deliveries become dead letters.
 * Above it the message may never have been confirmed: it is doubtful until its publisher repeats it. Payloads that no row
 * waits for are freed.
 */
public final class Reconciler {
    static final String LOST =
            "The sealed message is missing or damaged at headquarters; publish it again under a new message_id";

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final MessageStore messages;
    private final ReconciledPayloads payloads;
    private final Clock clock;

    public Reconciler(MessageStore messages, ReconciledPayloads payloads, Clock clock) {
        this.messages = messages;
        this.payloads = payloads;
        this.clock = clock;
    }

    /**
     * Repairs; called once, before {@code CommitWriter.start}.
     *
     * @throws StoreException when the database is away; nothing is lost by trying again
     */
    public Findings run() throws StoreException, IOException {
        // Waits for a commit that a killed headquarters left under way: its rows count too.
        messages.lastMessageNumber();
        long synced = messages.syncedUpTo();
        Map<PayloadRef, List<HeldDelivery>> newest = new HashMap<>();
        Set<Long> lost = new HashSet<>();
        Map<String, QueueLoad> backlog = new HashMap<>();
        Set<Long> missing = restoreDead();
        messages.waiting(delivery -> {
            boolean there = payloads.restore(delivery.payload());
            boolean isNewest = delivery.messageNumber() > synced;
            if (isNewest) {
                newest.computeIfAbsent(delivery.payload(), unused -> new ArrayList<>())
                        .add(delivery);
            }
            if (there || isNewest) {
                count(backlog, delivery, 1);
            } else {
                lost.add(delivery.messageNumber());
            }
        });
        for (PayloadRef ref : payloads.renew(newest.keySet())) {
            List<HeldDelivery> broken = newest.get(ref);
            missing.add(broken.get(0).messageNumber());
            broken.forEach(delivery -> count(backlog, delivery, -1));
        }
        return findings(mark(missing, lost), backlog);
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
    private Set<Long> restoreDead() throws StoreException, IOException {
        Set<Long> without = new HashSet<>();
        messages.dead(delivery -> {
            if (!payloads.restore(delivery.payload())) {
                without.add(delivery.messageNumber());
            }
        });
        return without;
    }

    /** Returns how many deliveries became dead letters. */
    private int mark(Set<Long> missing, Set<Long> lost) throws StoreException {
        missing.removeAll(lost);
        List<QueuedDelivery> incomplete = messages.missing(missing, clock.instant());
        Set<Long> doubtful = messages.doubtful().keySet();
        for (QueuedDelivery each : incomplete) {
            if (doubtful.contains(each.messageNumber())) {
                LOG.warn(
                        "{} {} {}: doubtful, its sealed message is not whole in the spool and may never have been"
                                + " confirmed: it waits {} h for a repeat by its publisher",
                        each.messageId(),
                        each.senderId(),
                        each.queueName(),
                        DoubtLimit.LIMIT.toHours());
            } else {
                LOG.error(
                        "{} {} {}: the sealed message of this dead letter is missing or damaged, it cannot be requeued",
                        each.messageId(),
                        each.senderId(),
                        each.queueName());
            }
        }
        List<QueuedDelivery> dead = messages.lose(lost, LOST, clock.instant());
        dead.forEach(Reconciler::reportLost);
        return dead.size();
    }

    static void reportLost(QueuedDelivery delivery) {
        LOG.error(
                "{} {} {}: dead-lettered, its sealed message is missing or damaged in the spool: {}",
                delivery.messageId(),
                delivery.senderId(),
                delivery.queueName(),
                delivery.payload());
    }

    private Findings findings(int deadLettered, Map<String, QueueLoad> backlog) throws StoreException, IOException {
        backlog.values().removeIf(QueueLoad.NONE::equals);
        long waiting = backlog.values().stream().mapToLong(QueueLoad::messages).sum();
        Findings findings =
                new Findings(waiting, messages.doubtful().size(), deadLettered, payloads.freeOthers(), backlog);
        LOG.info(
                "store reconciled waiting={} doubtful={} dead_lettered={} spool_files_freed={}",
                findings.waiting(),
                findings.doubtful(),
                findings.deadLettered(),
                findings.freedFiles());
        return findings;
    }

    /**
     * The findings of a run.
     *
     * @param waiting deliveries that wait and whose payload is there
     * @param doubtful messages that wait for a repeat by their publisher
     * @param deadLettered deliveries that were dead-lettered
     * @param freedFiles spool files that were deleted
     * @param backlog by queue, how much waits
     */
    public record Findings(
            long waiting, int doubtful, int deadLettered, int freedFiles, Map<String, QueueLoad> backlog) {
        public Findings {
            backlog = Map.copyOf(backlog);
        }
    }
}
