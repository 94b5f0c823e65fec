package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.Reconciler;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The one writer of the store. Publications and settlements are committed in groups, each kind by a thread of its own, so
 * that neither waits for the other's commit.
 *
 * <p>A publication whose future fails was not confirmed; where it has rows, they are doubtful. Settlements outlast an outage of the database:
 * they wait and are tried again.
 *
 * <p>Every method may be called by any thread and none blocks, except {@link #start} and {@link #close}. Futures
 * complete on a writer's thread: what depends on them must not block.
 */
public final class CommitWriter implements AutoCloseable {
    private static final long GROUP_BYTES = 32L << 20;

    private final PayloadStore payloads;
    private final SoleUse use;
    private final PublicationWork publicationWork;
    private final CommitLane<Publish> publications;
    private final CommitLane<Settle> settlements;
    private final ExecutorService syncer;

    /**
     * Its collaborators besides the stores.
     *
     * @param clock UTC, for the time since when a message is doubtful
     * @param use nothing is committed or confirmed while it is not held
     * @param outage hears of the database's failures and of its answers
     * @param home gives the numbers
     */
    public record Parts(Clock clock, SoleUse use, Outage outage, Home home) {
        /** For the single headquarters. */
        public Parts(Clock clock, SoleUse use, Outage outage) {
            this(clock, use, outage, Home.SINGLE);
        }

        /** With the database to itself for good. */
        public static Parts alone() {
            return new Parts(Clock.systemUTC(), SoleUse.ALWAYS, new Outage());
        }
    }

    /**
     * A publication that waits for its commit, and the future that completes then.
     *
     * @param sealed the manifest's envelope, then the sealed message; null when it was uploaded
     * @param uploaded where it lies; null when it comes along
     */
    record Publish(
            Publication publication, byte[] sealed, PayloadRef uploaded, CompletableFuture<PublishResult> result) {
        int bytes() {
            return publication.manifest().length + (sealed == null ? 0 : sealed.length);
        }

        void dropUpload(PayloadStore payloads) {
            if (uploaded != null) {
                payloads.giveBack(uploaded);
            }
        }
    }

    /** The end of a delivery; the result says whether it changed anything. */
    record Settle(Settlement settlement, CompletableFuture<Boolean> result) {
        int bytes() {
            return settlement.receipt() == null ? 0 : settlement.receipt().length;
        }
    }

    /** @param queueLimit how many requests of a kind may wait before it is saturated */
    public CommitWriter(MessageStore messages, PayloadStore payloads, int queueLimit, Parts parts) {
        this(
                messages,
                payloads,
                queueLimit,
                parts,
                Executors.newSingleThreadExecutor(task -> new Thread(task, "spool-sync")));
    }

    /** @param syncer where the spool is synced while the rows are committed */
    public CommitWriter(
            MessageStore messages, PayloadStore payloads, int queueLimit, Parts parts, ExecutorService syncer) {
        this.payloads = payloads;
        this.syncer = syncer;
        this.use = parts.use();
        this.publicationWork = new PublicationWork(messages, payloads, syncer, parts);
        this.publications =
                new CommitLane<>("publication-writer", publicationWork, queueLimit, GROUP_BYTES, Publish::bytes);
        this.settlements = new CommitLane<>(
                "settlement-writer",
                new SettlementWork(messages, payloads, settlementUse(parts), parts.outage()),
                queueLimit,
                GROUP_BYTES,
                Settle::bytes);
    }

    /** An acknowledgement at a node is a fact, also when others have adopted the delivery. */
    private static SoleUse settlementUse(Parts parts) {
        return parts.home().isNode() ? SoleUse.ALWAYS : parts.use();
    }

    /** Hears of each group that was committed how long that took, in nanoseconds, on a writer's thread. Must not block. */
    public void onCommit(LongConsumer listener) {
        publications.onCommit(listener);
        settlements.onCommit(listener);
    }

    /** Hears, on a writer's thread, that a fault ended the writer: this headquarters must end. Must not block. */
    public void onFailure(Consumer<String> listener) {
        publications.onFailure(listener);
        settlements.onFailure(listener);
    }

    /** Begins to write, numbering from the last message in the store; after the {@link Reconciler}. */
    public void start() throws StoreException {
        open();
        publications.start();
        settlements.start();
    }

    public void open() throws StoreException {
        publicationWork.open();
    }

    /**
     * Stores a publication of one part.
     *
     * @param sealed the manifest's envelope, then the sealed message; the caller writes into it no more
     * @return completes when it is committed and synced: stored, repeated or conflicting; fails with a {@link
     *     StoreException} when it is not, and must not be confirmed
     */
    public CompletableFuture<PublishResult> publish(Publication publication, byte[] sealed) {
        return add(new Publish(publication, sealed, null, new CompletableFuture<>()));
    }

    /**
     * As above for a complete {@link PayloadStore.Upload}. From here on the writer owns the payload: unless the outcome
     * is {@code STORED} it is dropped.
     */
    public CompletableFuture<PublishResult> publish(Publication publication, PayloadRef uploaded) {
        return add(new Publish(publication, null, uploaded, new CompletableFuture<>()));
    }

    private CompletableFuture<PublishResult> add(Publish request) {
        if (!publications.add(request)) {
            request.dropUpload(payloads);
            request.result().completeExceptionally(refused());
        }
        return request.result();
    }

    /**
     * An upload that is complete and is not published after all: its payload is dropped. Null for none. Only of what was
     * not handed to {@link #publish}.
     */
    public void discard(PayloadRef uploaded) {
        if (uploaded != null) {
            payloads.drop(uploaded);
        }
    }

    /**
     * Ends a delivery; with the last one of a message its payload is dropped.
     *
     * @return completes when it is committed, with false when the delivery had ended in another way; waits out an outage of the database; fails with a {@link StoreException}
     *     when it was not committed at all
     */
    public CompletableFuture<Boolean> settle(Settlement settlement) {
        Settle request = new Settle(settlement, new CompletableFuture<>());
        if (!settlements.add(request)) {
            request.result().completeExceptionally(refused());
        }
        return request.result();
    }

    static StoreException refused() {
        return new StoreException(
                "Expected callers to pause while too much waits to be committed, or headquarters stops", null, true);
    }

    /** True while publishers should pause, since more waits than the limit. Twice as much is refused. */
    public boolean isSaturated() {
        return publications.isSaturated() || settlements.isSaturated();
    }

    /** Runs the action once when it is not saturated, in this call or later on a writer's thread. It must not block. */
    public void onRelief(Runnable action) {
        publications.onRelief(() -> settlements.onRelief(action));
    }

    /**
     * Messages up to this number that the store shows are confirmed or about to be, or are marked as doubtful there; a
     * higher one is not to be delivered yet.
     */
    public long confirmedUpTo() {
        return publicationWork.confirmedUpTo();
    }

    /** The hold on the database; while it is lost, nothing is committed, confirmed or dispatched. */
    public SoleUse use() {
        return use;
    }

    /** Whose messages they are. */
    public Home home() {
        return publicationWork.home();
    }

    /** The highest number that was given to a message, committed or not. */
    public long lastNumber() {
        return publicationWork.lastNumber();
    }

    /**
     * One round of publications without their thread, for a caller that drives the rounds; returns the number of
     * requests.
     */
    public int publishNext() throws InterruptedException {
        return publications.writeNext(0);
    }

    /** As above, of settlements. */
    public int settleNext() throws InterruptedException {
        return settlements.writeNext(0);
    }

    /** Commits what waits, then stops; what cannot be committed any more fails. */
    @Override
    public void close() {
        publications.close();
        settlements.close();
        syncer.shutdown();
    }
}
