package io.saddlebag.hq.store;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits publications in groups: puts the payloads, syncs the spool beside the commit of the rows, and answers after
 * both. What was not confirmed is not there: when a sync fails after the commit, or nobody knows whether a commit took
 * place, its rows are removed before anything else is published.
 */
final class PublicationWork implements CommitLane.Work<CommitRequest.Publish> {
    private static final Logger LOG = LoggerFactory.getLogger(PublicationWork.class);
    private static final int GROUP = 2_000;

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final Executor syncer;
    private final List<StoredPublication> doubtful = new ArrayList<>();
    private long lastNumber;
    private volatile long confirmedUpTo;

    /** @param syncer where the spool is synced while the rows are committed */
    PublicationWork(MessageStore messages, PayloadStore payloads, Executor syncer) {
        this.messages = messages;
        this.payloads = payloads;
        this.syncer = syncer;
    }

    /** Numbers from the last message in the store. */
    void open() throws StoreException {
        lastNumber = messages.lastMessageNumber();
        confirmedUpTo = lastNumber;
    }

    long confirmedUpTo() {
        return confirmedUpTo;
    }

    @Override
    public int room() {
        return GROUP;
    }

    @Override
    public boolean isUnfinished() {
        return !doubtful.isEmpty();
    }

    @Override
    public void abandon(List<CommitRequest.Publish> rest) {
        if (!rest.isEmpty()) {
            LOG.warn("stopped with {} publications uncommitted", rest.size());
        }
        rest.forEach(publish -> drop(publish.uploaded()));
        fail(rest, CommitWriter.refused());
    }

    /** Whatever goes wrong, nobody waits for ever and the lane goes on. */
    @Override
    public void write(List<CommitRequest.Publish> group) {
        try {
            commit(group);
        } catch (RuntimeException | Error e) {
            LOG.error("commit failed: {}", e.toString(), e);
            fail(group, new StoreException("The commit failed: " + e, e));
        }
    }

    private void commit(List<CommitRequest.Publish> group) {
        if (!removeDoubtful()) {
            group.forEach(publish -> drop(publish.uploaded()));
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
            outcomes = messages.publish(stored);
            Failpoint.HQ_ROWS_COMMITTED.reached();
        } catch (StoreException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new StoreException("The commit failed: " + e, e);
        }
        Throwable unsynced = failureOf(sync);
        if (failure != null) {
            LOG.error("commit of {} publications failed: {}", stored.size(), failure.getMessage());
            doubtful.addAll(stored);
            fail(group, failure);
        } else if (unsynced != null) {
            LOG.error("spool sync failed, {} publications are taken back: {}", stored.size(), unsynced.toString());
            doubtful.addAll(stored);
            removeDoubtful();
            fail(group, new StoreException("The spool could not be synced: " + unsynced.getMessage(), unsynced));
        } else {
            confirm(group, stored, outcomes);
        }
    }

    /** Puts every payload, or none: then all the publications fail and the list is empty. */
    private List<StoredPublication> putAll(List<CommitRequest.Publish> publishes) {
        List<StoredPublication> stored = new ArrayList<>(publishes.size());
        try {
            for (CommitRequest.Publish publish : publishes) {
                PayloadRef payload = publish.uploaded() != null
                        ? publish.uploaded()
                        : payloads.put(publish.sealed(), publish.publication().manifest().length);
                stored.add(new StoredPublication(++lastNumber, publish.publication(), payload));
            }
            return stored;
        } catch (IOException e) {
            LOG.error("spool cannot be written, {} publications failed: {}", publishes.size(), e.toString());
            stored.forEach(each -> drop(each.payload()));
            publishes.forEach(publish -> drop(publish.uploaded()));
            fail(publishes, new StoreException("The spool could not be written: " + e.getMessage(), e, true));
            return List.of();
        }
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

    private void confirm(
            List<CommitRequest.Publish> publishes, List<StoredPublication> stored, List<PublishOutcome> outcomes) {
        Failpoint.HQ_PUBLISH_DURABLE.reached();
        confirmedUpTo = lastNumber;
        for (int i = 0; i < stored.size(); i++) {
            if (outcomes.get(i) != PublishOutcome.STORED) {
                drop(stored.get(i).payload());
            }
            publishes.get(i).result().complete(PublishResult.of(stored.get(i), outcomes.get(i)));
        }
    }

    /** Makes sure that rows of unconfirmed publications are not there; returns whether that is so. */
    private boolean removeDoubtful() {
        if (doubtful.isEmpty()) {
            return true;
        }
        try {
            int removed = messages.remove(
                    doubtful.stream().map(StoredPublication::messageNumber).toList());
            LOG.warn("removed {} of {} publications that were never confirmed", removed, doubtful.size());
        } catch (StoreException e) {
            return false;
        }
        doubtful.forEach(each -> drop(each.payload()));
        doubtful.clear();
        return true;
    }

    private static void fail(List<CommitRequest.Publish> publishes, StoreException failure) {
        publishes.forEach(publish -> publish.result().completeExceptionally(failure));
    }

    private void drop(PayloadRef payload) {
        if (payload == null) {
            return;
        }
        try {
            payloads.drop(payload);
        } catch (IOException e) {
            LOG.warn("payload {} cannot be dropped, the next start frees it: {}", payload, e.toString());
        }
    }
}
