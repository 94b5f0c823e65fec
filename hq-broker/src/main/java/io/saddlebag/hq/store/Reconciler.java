package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.WaitingMessage;
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
    private static final int PAGE = 1_000;
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
        List<Long> unconfirmed = new ArrayList<>();
        List<Settlement> lost = new ArrayList<>();
        Map<PayloadRef, WaitingMessage> newest = new HashMap<>();
        Map<String, QueueLoad> backlog = new HashMap<>();
        long whole = 0;
        List<WaitingMessage> page = messages.waiting(0, PAGE);
        while (!page.isEmpty()) {
            for (WaitingMessage message : page) {
                boolean there = payloads.restore(message.payload());
                if (message.messageNumber() >= newestGroup) {
                    newest.put(message.payload(), message);
                    count(backlog, message, 1);
                } else if (!there) {
                    addLost(message, lost);
                    whole--;
                } else {
                    count(backlog, message, 1);
                }
            }
            whole += page.size();
            page = messages.waiting(page.get(page.size() - 1).messageNumber(), PAGE);
        }
        for (PayloadRef ref : payloads.renew(newest.keySet())) {
            unconfirmed.add(newest.get(ref).messageNumber());
            count(backlog, newest.get(ref), -1);
        }
        messages.remove(unconfirmed);
        messages.settle(lost);
        messages.giveUp(deadWithoutPayload(lost));
        Findings findings = new Findings(
                whole - unconfirmed.size(), unconfirmed.size(), lost.size(), payloads.freeOthers(), backlog);
        LOG.info(
                "store reconciled waiting={} unconfirmed_removed={} dead_lettered={} spool_files_freed={}",
                findings.waiting(),
                findings.unconfirmed(),
                findings.deadLettered(),
                findings.freedFiles());
        return findings;
    }

    private static void count(Map<String, QueueLoad> backlog, WaitingMessage message, int sign) {
        for (String queue : message.queueNames()) {
            backlog.merge(
                    queue,
                    QueueLoad.NONE.plus(sign, sign * message.payload().bodyLength()),
                    (before, more) -> before.plus(more.messages(), more.bytes()));
        }
    }

    /** Keeps the payloads of dead letters, which an operator may requeue; returns the messages that have none. */
    private List<Long> deadWithoutPayload(List<Settlement> lost) throws StoreException, IOException {
        List<Long> without = new ArrayList<>();
        lost.forEach(each -> without.add(each.messageNumber()));
        List<WaitingMessage> page = messages.dead(0, PAGE);
        while (!page.isEmpty()) {
            for (WaitingMessage message : page) {
                if (!payloads.restore(message.payload())) {
                    LOG.error("payload of the dead letter message_number={} is missing", message.messageNumber());
                    without.add(message.messageNumber());
                }
            }
            page = messages.dead(page.get(page.size() - 1).messageNumber(), PAGE);
        }
        return without;
    }

    private void addLost(WaitingMessage message, List<Settlement> lost) {
        LOG.error("payload of message_number={} is missing: {}", message.messageNumber(), message.payload());
        for (String queue : message.queueNames()) {
            lost.add(new Settlement(
                    message.messageNumber(), queue, Outcome.LOST, null, clock.instant(), 0, null, LOST, null));
        }
    }

    /**
     * What was found.
     *
     * @param waiting messages that wait and are whole, as far as they were looked at
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
