package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.Committed;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.WaitingRequests.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer. It takes whatever waits, puts the payloads, syncs the spool beside the commit of the rows, and
 * completes the futures after both; what comes meanwhile makes the next group. While groups are large it waits a little
 * for the next one to be large too, since a commit costs much and a row little; without load nothing waits.
 *
 * <p>A publication whose future fails was not confirmed and is not there: when a sync fails after the commit, or nobody
 * knows whether a commit took place, its rows are removed before anything else is committed. Settlements outlast an
 * outage of the database: they wait and are tried again.
 *
 * <p>Every method may be called by any thread and none blocks, except {@link #start} and {@link #close}. Futures
 * complete on the writer's thread: what depends on them must not block.
 */
public final class CommitWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitWriter.class);
    private static final int GROUP_PUBLICATIONS = 2_000;
    private static final int GROUP_SETTLEMENTS = 4_000;
    private static final long GROUP_BYTES = 32L << 20;
    private static final long WAITING_BYTES = 64L << 20;
    /** From a group of this size on, the next one is given time to grow to {@link #GATHERED}. */
    private static final int BUSY = 24;

    private static final int GATHERED = 512;
    private static final long GATHER_NANOS = 4_000_000;
    private static final long RETRY_MILLIS = 500;
    private static final long IDLE_MILLIS = 60_000;

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final WaitingRequests waiting;
    private final Thread thread = new Thread(this::run, "commit-writer");
    private final ExecutorService syncer;
    /** Settlements that an outage left over. Of the writer's thread only, as are the two after it. */
    private final List<CommitRequest.Settle> leftOver = new ArrayList<>();

    private final List<StoredPublication> doubtful = new ArrayList<>();
    private long lastNumber;
    private volatile long confirmedUpTo;

    /** @param queueLimit how many requests may wait before it is saturated */
    public CommitWriter(MessageStore messages, PayloadStore payloads, int queueLimit) {
        this(messages, payloads, queueLimit, Executors.newSingleThreadExecutor(task -> new Thread(task, "spool-sync")));
    }

    /** @param syncer where the spool is synced while the rows are committed */
    CommitWriter(MessageStore messages, PayloadStore payloads, int queueLimit, ExecutorService syncer) {
        this.syncer = syncer;
        this.messages = messages;
        this.payloads = payloads;
        this.waiting = new WaitingRequests(queueLimit, WAITING_BYTES);
    }

    /** Begins to write, numbering from the last message in the store; after the {@link Reconciler}. */
    public void start() throws StoreException {
        open();
        thread.start();
    }

    void open() throws StoreException {
        lastNumber = messages.lastMessageNumber();
        confirmedUpTo = lastNumber;
    }

    /**
     * Stores a publication of one part.
     *
     * @return completes when it is committed and synced: stored, repeated or conflicting; fails with a
     *     {@link StoreException} when it is not there, and the publisher is told nothing
     */
    public CompletableFuture<PublishResult> publish(Publication publication, byte[] body) {
        return add(new CommitRequest.Publish(publication, body, null, new CompletableFuture<>()));
    }

    /**
     * As above for a complete {@link PayloadStore.Upload}. From here on the writer owns the payload: unless the outcome
     * is {@code STORED} it is dropped.
     */
    public CompletableFuture<PublishResult> publish(Publication publication, PayloadRef uploaded) {
        return add(new CommitRequest.Publish(publication, null, uploaded, new CompletableFuture<>()));
    }

    private CompletableFuture<PublishResult> add(CommitRequest.Publish request) {
        if (!waiting.add(request)) {
            drop(request.uploaded());
            request.result().completeExceptionally(refused());
        }
        return request.result();
    }

    /**
     * Ends a delivery; with the last one of a message its payload is dropped.
     *
     * @return completes when it is committed; waits out an outage of the database; fails with a {@link StoreException}
     *     when it was not committed at all
     */
    public CompletableFuture<Void> settle(Settlement settlement) {
        CommitRequest.Settle request = new CommitRequest.Settle(settlement, new CompletableFuture<>());
        if (!waiting.add(request)) {
            request.result().completeExceptionally(refused());
        }
        return request.result();
    }

    private static StoreException refused() {
        return new StoreException(
                "Expected callers to pause while too much waits to be committed, or headquarters stops", null, true);
    }

    /** Whether callers should pause: more waits than the limit. Twice as much is refused. */
    public boolean isSaturated() {
        return waiting.isSaturated();
    }

    /** Runs the action once when it is not saturated: at once, or later on the writer's thread. It must not block. */
    public void onRelief(Runnable action) {
        waiting.onRelief(action);
    }

    /**
     * Messages up to this number that the store shows are confirmed or about to be, never to be removed again; a higher
     * one is not to be delivered yet.
     */
    public long confirmedUpTo() {
        return confirmedUpTo;
    }

    private void run() {
        try {
            int lastSize = 0;
            while (!waiting.isClosedAndEmpty()) {
                if (lastSize >= BUSY) {
                    waiting.gather(GATHERED, GATHER_NANOS);
                }
                boolean unfinished = !leftOver.isEmpty() || !doubtful.isEmpty();
                lastSize = writeNext(unfinished ? RETRY_MILLIS : IDLE_MILLIS);
                if (waiting.isClosed() && !leftOver.isEmpty()) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("commit writer was interrupted");
        }
        failTheRest();
    }

    /**
     * Takes what waits, or waits for it so long, and commits it with what was left over. Returns how much it took; by the
     * writer's thread only.
     */
    int writeNext(long waitMillis) throws InterruptedException {
        Group group = new Group();
        int settleLimit = GROUP_SETTLEMENTS - leftOver.size();
        waiting.take(group, GROUP_PUBLICATIONS, GROUP_BYTES, settleLimit, waitMillis);
        int taken = group.publishes().size() + group.settles().size();
        group.settles().addAll(0, leftOver);
        leftOver.clear();
        writeSafely(group);
        return taken;
    }

    private void failTheRest() {
        Group rest = waiting.drain();
        rest.settles().addAll(leftOver);
        if (!rest.isEmpty()) {
            LOG.warn(
                    "stopped with {} publications and {} settlements uncommitted",
                    rest.publishes().size(),
                    rest.settles().size());
        }
        rest.publishes().forEach(publish -> drop(publish.uploaded()));
        fail(rest.publishes(), refused());
        rest.settles().forEach(settle -> settle.result().completeExceptionally(refused()));
    }

    /** Whatever goes wrong, nobody waits for ever and the writer goes on. */
    private void writeSafely(Group group) {
        try {
            write(group);
        } catch (RuntimeException | Error e) {
            LOG.error("commit failed: {}", e.toString(), e);
            StoreException failure = new StoreException("The commit failed: " + e, e);
            group.publishes().forEach(publish -> publish.result().completeExceptionally(failure));
            group.settles().forEach(settle -> settle.result().completeExceptionally(failure));
        }
    }

    private void write(Group group) {
        if (!removeDoubtful()) {
            StoreException away = new StoreException("The database is away; publish again later", null, true);
            group.publishes().forEach(publish -> {
                drop(publish.uploaded());
                publish.result().completeExceptionally(away);
            });
            leftOver.addAll(group.settles());
            return;
        }
        if (group.isEmpty()) {
            return;
        }
        List<CommitRequest.Publish> publishes = group.publishes();
        List<StoredPublication> stored = putAll(publishes);
        if (stored.isEmpty()) {
            publishes = List.of();
        }
        CompletableFuture<Void> sync = sync(!stored.isEmpty());
        Committed committed = null;
        StoreException failure = null;
        try {
            committed = messages.commit(
                    stored,
                    group.settles().stream()
                            .map(CommitRequest.Settle::settlement)
                            .toList());
        } catch (StoreException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new StoreException("The commit failed: " + e, e);
        }
        Throwable unsynced = failureOf(sync);
        if (failure != null) {
            doubtful.addAll(stored);
            fail(publishes, failure);
            keepOrFail(group.settles(), failure);
            LOG.error(
                    "commit of {} publications and {} settlements failed: {}",
                    stored.size(),
                    group.settles().size(),
                    failure.getMessage());
            return;
        }
        committed.freed().forEach(this::drop);
        if (unsynced != null) {
            LOG.error("spool sync failed, {} publications are taken back: {}", stored.size(), unsynced.toString());
            doubtful.addAll(stored);
            removeDoubtful();
            fail(publishes, new StoreException("The spool could not be synced: " + unsynced.getMessage(), unsynced));
        } else {
            confirm(publishes, stored, committed.outcomes());
        }
        group.settles().forEach(settle -> settle.result().complete(null));
    }

    /** Puts every payload, or none: then all the publications fail and the list is empty. */
    private List<StoredPublication> putAll(List<CommitRequest.Publish> publishes) {
        List<StoredPublication> stored = new ArrayList<>(publishes.size());
        try {
            for (CommitRequest.Publish publish : publishes) {
                PayloadRef payload = publish.uploaded() != null
                        ? publish.uploaded()
                        : payloads.put(publish.publication().manifest(), publish.body());
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

    private CompletableFuture<Void> sync(boolean needed) {
        if (!needed) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        payloads.sync();
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

    private void keepOrFail(List<CommitRequest.Settle> settles, StoreException failure) {
        if (failure.isPassing()) {
            leftOver.addAll(settles);
        } else {
            settles.forEach(settle -> settle.result().completeExceptionally(failure));
        }
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

    /** Commits what waits, then stops; what cannot be committed any more fails. */
    @Override
    public void close() {
        waiting.close();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        syncer.shutdown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
