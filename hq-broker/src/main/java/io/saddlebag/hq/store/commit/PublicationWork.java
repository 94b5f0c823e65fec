package io.saddlebag.hq.store.commit;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.PayloadStore.PayloadsAwayException;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter.Publish;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits publications in groups: puts the payloads, syncs the spool in parallel to the commit of the rows, and answers
 * after both. When a sync fails after the commit, or the outcome of a commit is unknown, its rows are doubtful: they
 * are marked so before anything else is published, and the publisher's repeat completes them. No row is ever deleted,
 * and no number given twice.
 */
final class PublicationWork implements CommitLane.Work<Publish> {
    private static final Logger LOG = LoggerFactory.getLogger(PublicationWork.class);
    private static final int GROUP = 2_000;
    private static final Runnable NOTHING = () -> {};

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final Executor syncer;
    private final SoleUse use;
    private final Outage outage;
    private final Home home;
    private final RepeatWork repeats;
    private final Unconfirmed unconfirmed;
    /** Confirms a group that is committed and synced, and that waits for its repeats. */
    private Runnable durable = NOTHING;

    private volatile long lastNumber;
    private volatile long confirmedUpTo;

    /** @param syncer where the spool is synced while the rows are committed */
    PublicationWork(MessageStore messages, PayloadStore payloads, Executor syncer, CommitWriter.Parts parts) {
        this.messages = messages;
        this.payloads = payloads;
        this.syncer = syncer;
        this.use = parts.use();
        this.outage = parts.outage();
        this.home = parts.home();
        this.repeats = new RepeatWork(messages, payloads);
        this.unconfirmed = home.isNode()
                ? new LookedUpPublications(messages, payloads, outage)
                : new DoubtfulPublications(messages, payloads, parts.clock(), outage);
    }

    /** Numbers from the last message in the store. */
    void open() throws StoreException {
        lastNumber = messages.lastMessageNumber();
        confirmedUpTo = lastNumber;
    }

    Home home() {
        return home;
    }

    long lastNumber() {
        return lastNumber;
    }

    /** A row that a node sees in the database is committed with its payload. */
    long confirmedUpTo() {
        return home.isNode() ? Long.MAX_VALUE : confirmedUpTo;
    }

    @Override
    public int room() {
        return GROUP;
    }

    @Override
    public boolean isUnfinished() {
        return unconfirmed.isOpen() || repeats.isUnfinished();
    }

    @Override
    public void abandon(List<Publish> rest) {
        if (!rest.isEmpty()) {
            LOG.warn("stopped with {} publications uncommitted", rest.size());
        }
        rest.forEach(publish -> publish.dropUpload(payloads));
        fail(rest, CommitWriter.refused());
        if (home.isNode()) {
            unconfirmed.finish();
        }
        unconfirmed.abandon();
        repeats.abandon();
        finishDurable();
        noteSynced();
    }

    /** The last group too is on the disk: damage to it is then known for damage at the next start. */
    private void noteSynced() {
        if (!home.isNode() && !unconfirmed.isOpen() && confirmedUpTo > 0 && use.isHeld()) {
            try {
                messages.synced(confirmedUpTo);
            } catch (StoreException e) {
                LOG.debug("the newest messages are checked at the next start: {}", e.getMessage());
            }
        }
    }

    /** Every publisher gets an answer and the lane continues, whatever fails. */
    @Override
    public void write(List<Publish> group) {
        try {
            commit(group);
        } catch (RuntimeException | Error e) {
            LOG.error("commit failed: {}", FaultText.of(e), e);
            fail(group, new StoreException("The commit failed: " + FaultText.of(e), e));
        }
    }

    private void commit(List<Publish> group) {
        long term = use.term();
        if (term == 0 || !finishEarlier()) {
            group.forEach(publish -> publish.dropUpload(payloads));
            fail(group, new StoreException("The database is away; publish again later", null, true));
            return;
        }
        List<StoredPublication> stored = putAll(group);
        if (stored.isEmpty()) {
            return;
        }
        Failpoint.HQ_PAYLOADS_PUT.reached();
        CompletableFuture<Void> sync = sync();
        List<PublishOutcome> outcomes = List.of();
        StoreException failure = null;
        try {
            outcomes = messages.publish(stored, confirmedUpTo);
            Failpoint.HQ_ROWS_COMMITTED.reached();
        } catch (StoreException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new StoreException("The commit failed: " + FaultText.of(e), e);
        }
        Throwable unsynced = failureOf(sync);
        if (failure == null && !home.isNode() && use.term() != term) {
            failure = new StoreException("The database was lost between commit and confirm", null, true);
        }
        if (failure != null) {
            report(stored.size(), failure);
            unconfirmed.add(group, stored, failure, false);
        } else if (unsynced != null) {
            LOG.error("spool sync failed, {} publications are doubtful: {}", stored.size(), unsynced.toString());
            failure = new StoreException("The spool could not be synced: " + unsynced.getMessage(), unsynced);
            unconfirmed.add(group, stored, failure, true);
            confirmedUpTo = unconfirmed.isOpen() ? confirmedUpTo : lastNumber;
        } else {
            outage.ended();
            confirm(group, stored, outcomes);
        }
    }

    private void report(int count, StoreException failure) {
        if (failure.isPassing()) {
            outage.failed("commit of " + count + " publications failed: " + failure.getMessage());
        } else {
            LOG.error("commit of {} publications failed: {}", count, failure.getMessage());
        }
    }

    /** Returns whether nothing of earlier groups is open. */
    private boolean finishEarlier() {
        if (unconfirmed.isOpen()) {
            if (!unconfirmed.finish()) {
                return false;
            }
            confirmedUpTo = lastNumber;
        }
        return finishDurable();
    }

    /** Puts every payload, or none: then all the publications fail and the list is empty. */
    private List<StoredPublication> putAll(List<Publish> publishes) {
        List<StoredPublication> stored = new ArrayList<>(publishes.size());
        try {
            for (Publish publish : publishes) {
                PayloadRef payload = publish.uploaded() != null
                        ? publish.uploaded()
                        : payloads.put(publish.sealed(), publish.publication().manifest().length);
                stored.add(new StoredPublication(nextNumber(), publish.publication(), payload));
            }
            return stored;
        } catch (IOException e) {
            if (e instanceof PayloadsAwayException) {
                outage.failed(publishes.size() + " publications failed: " + e.getMessage());
            } else {
                LOG.error("spool cannot be written, {} publications failed: {}", publishes.size(), FaultText.of(e));
            }
            stored.forEach(each -> payloads.giveBack(each.payload()));
            publishes.forEach(publish -> publish.dropUpload(payloads));
            fail(
                    publishes,
                    new StoreException("The sealed messages could not be written: " + FaultText.of(e), e, true));
            return List.of();
        }
    }

    /** By the lane's thread only. */
    private long nextNumber() {
        long next = home.numbers().applyAsLong(lastNumber);
        lastNumber = next;
        return next;
    }

    private CompletableFuture<Void> sync() {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        payloads.sync();
                        Failpoint.HQ_SPOOL_SYNCED.reached();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                syncer);
    }

    private static Throwable failureOf(CompletableFuture<Void> sync) {
        try {
            sync.join();
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    private void confirm(List<Publish> publishes, List<StoredPublication> stored, List<PublishOutcome> outcomes) {
        Failpoint.HQ_PUBLISH_DURABLE.reached();
        for (int i = 0; i < stored.size(); i++) {
            if (outcomes.get(i) == PublishOutcome.DOUBTFUL) {
                repeats.add(publishes.get(i), stored.get(i));
            }
        }
        durable = () -> confirmDurable(publishes, stored, outcomes);
        finishDurable();
    }

    /** Repeats first: what they complete has the lower numbers, and an ordered queue hands it out first. */
    private boolean finishDurable() {
        if (!repeats.finish()) {
            return false;
        }
        durable.run();
        durable = NOTHING;
        return true;
    }

    private void confirmDurable(
            List<Publish> publishes, List<StoredPublication> stored, List<PublishOutcome> outcomes) {
        confirmedUpTo = lastNumber;
        for (int i = 0; i < stored.size(); i++) {
            PublishOutcome outcome = outcomes.get(i);
            if (outcome == PublishOutcome.REPEATED || outcome == PublishOutcome.CONFLICTING) {
                payloads.drop(stored.get(i).payload());
            }
            if (outcome != PublishOutcome.DOUBTFUL) {
                publishes.get(i).result().complete(PublishResult.of(stored.get(i), outcome));
            }
        }
    }

    static void fail(List<Publish> publishes, StoreException failure) {
        publishes.forEach(publish -> publish.result().completeExceptionally(failure));
    }
}
