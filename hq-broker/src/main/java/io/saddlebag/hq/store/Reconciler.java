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
        Map<PayloadRef, Long> newest = new HashMap<>();
        long whole = 0;
        List<WaitingMessage> page = messages.waiting(0, PAGE);
        while (!page.isEmpty()) {
            for (WaitingMessage message : page) {
                boolean there = payloads.restore(message.payload());
                if (message.messageNumber() >= newestGroup) {
                    newest.put(message.payload(), message.messageNumber());
                } else if (!there) {
                    addLost(message, lost);
                    whole--;
                }
            }
            whole += page.size();
            page = messages.waiting(page.get(page.size() - 1).messageNumber(), PAGE);
        }
        payloads.renew(newest.keySet()).forEach(ref -> unconfirmed.add(newest.get(ref)));
        messages.remove(unconfirmed);
        messages.commit(List.of(), lost);
        Findings findings =
                new Findings(whole - unconfirmed.size(), unconfirmed.size(), lost.size(), payloads.freeOthers());
        LOG.info(
                "store reconciled waiting={} unconfirmed_removed={} dead_lettered={} spool_files_freed={}",
                findings.waiting(),
                findings.unconfirmed(),
                findings.deadLettered(),
                findings.freedFiles());
        return findings;
    }

    private void addLost(WaitingMessage message, List<Settlement> lost) {
        LOG.error("payload of message_number={} is missing: {}", message.messageNumber(), message.payload());
        for (String queue : message.queueNames()) {
            lost.add(new Settlement(
                    message.messageNumber(), queue, Outcome.DEAD_LETTERED, null, clock.instant(), 0, null, LOST));
        }
    }

    /**
     * What was found.
     *
     * @param waiting messages that wait and are whole, as far as they were looked at
     * @param unconfirmed messages that were removed
     * @param deadLettered deliveries that were dead-lettered
     * @param freedFiles spool files that were deleted
     */
    public record Findings(long waiting, int unconfirmed, int deadLettered, int freedFiles) {}
}
