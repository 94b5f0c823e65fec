package io.saddlebag.hq.deliver;

import io.saddlebag.clock.Durations;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.store.MessageStore.Discarded;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Ends deliveries: each that is handed in is either settled in the store or waits again. No method blocks; futures
 * complete after the commit, in the writer's thread. Safe for any number of threads.
 */
public final class Settlements {
    private static final Logger LOG = LoggerFactory.getLogger(Settlements.class);
    private static final int EXPIRED_AT_ONCE = 1_000;
    private static final Duration A_DAY = Duration.ofDays(1);
    private static final String CUT_OFF = "The connection ended before the delivery was settled";

    private static final String LOST =
            "The sealed message is damaged at headquarters; publish it again under a new message_id";

    private final QueueIndex index;
    private final Function<Settlement, CompletableFuture<Boolean>> writer;
    private final ScheduledExecutorService later;
    private final RunningTime time;
    private volatile BiConsumer<QueuedDelivery, Settlement> listener = (delivery, settlement) -> {};

    /** @param writer commits a settlement; completes when that is durable, with false when another end came first */
    public Settlements(
            QueueIndex index,
            Function<Settlement, CompletableFuture<Boolean>> writer,
            ScheduledExecutorService later,
            RunningTime time) {
        this.index = index;
        this.writer = writer;
        this.later = later;
        this.time = time;
    }

    /** The listener hears of each committed end, in the writer's thread, so that it must not block. */
    public void onSettled(BiConsumer<QueuedDelivery, Settlement> told) {
        listener = told;
    }

    /**
     * @param receipt the delivery receipt's envelope; null when there is none
     * @param receiptSha256 of the JSON in it; null when there is none
     */
    public CompletableFuture<Void> acknowledge(PendingDelivery pending, byte[] receipt, Sha256 receiptSha256) {
        return settle(pending, settlement(pending, Outcome.ACKNOWLEDGED, receipt, receiptSha256, null, null, null));
    }

    /**
     * @param reason for the sender: why no further attempt is made
     * @param detail for the sender alone; null when there is none
     */
    public CompletableFuture<Void> deadLetter(PendingDelivery pending, String reason, byte[] detail) {
        return settle(pending, settlement(pending, Outcome.DEAD_LETTERED, null, null, reason, reason, detail));
    }

    /** Ends it in place of a push when an operator gave it up, or its time is over; returns whether it did. */
    boolean endsUnpushed(PendingDelivery pending) {
        if (pending.discardReason() != null) {
            discard(pending);
        } else if (index.isOver(pending.delivery(), time)) {
            expire(pending);
        } else {
            return false;
        }
        return true;
    }

    /** An operator gave it up. One that is at a receiver ends by the receiver's word, or in place of the next push. */
    public void discard(Discarded given) {
        PendingDelivery pending = index.takeGivenUp(given.delivery(), given.reason());
        if (pending != null) {
            discard(pending);
        }
    }

    private void discard(PendingDelivery pending) {
        settle(pending, settlement(pending, Outcome.DISCARDED, null, null, pending.discardReason(), null, null));
    }

    /** Its payload is damaged, which no other attempt mends: a dead letter that cannot be requeued. */
    CompletableFuture<Void> lose(PendingDelivery pending, String error) {
        return settle(pending, settlement(pending, Outcome.LOST, null, null, LOST, error, null));
    }

    /**
     * Its time is over.
     *
     * @return completes when that is committed
     */
    CompletableFuture<Void> expire(PendingDelivery pending) {
        QueuedDelivery delivery = pending.delivery();
        boolean bySender = delivery.expires() != null && time.isOver(delivery.receivedTime(), delivery.expires());
        String reason = bySender
                ? "Its time was over at " + delivery.expires()
                : "It waited longer than the queue's ttl, "
                        + Durations.text(index.rules(delivery.queueName()).ttl());
        return settle(pending, settlement(pending, Outcome.EXPIRED, null, null, reason, null, null));
    }

    /**
     * Sweeps the queues for deliveries whose time is over, so that they end without a consumer too. Each commit ends a
     * bounded number, so that a large backlog leaves room for others.
     */
    public void expireWhatIsOver() {
        List<PendingDelivery> over = index.takeExpired(time, EXPIRED_AT_ONCE);
        if (over.isEmpty()) {
            return;
        }
        CompletableFuture.allOf(over.stream().map(this::expire).toArray(CompletableFuture[]::new))
                .thenRun(this::expireMore);
    }

    /** Not in the writer's thread. */
    private void expireMore() {
        try {
            later.execute(this::expireWhatIsOver);
        } catch (RejectedExecutionException e) {
            LOG.debug("nothing more is ended, headquarters is stopping");
        }
    }

    /**
     * Its connection ended before it was settled. It waits again, the first time without a pause, then after a pause
     * that grows. The receiver may be at fault, so that it becomes a dead letter only after a day of such ends.
     */
    void cutOff(PendingDelivery pending) {
        boolean counts = pending.cutOff(time.wall().instant());
        if (!counts) {
            index.giveBack(pending);
            return;
        }
        if (isSpentForADay(pending)) {
            giveUp(pending, CUT_OFF);
            return;
        }
        remember(pending, CUT_OFF);
        if (pending.cutOffs() <= 1) {
            index.giveBack(pending);
        } else {
            afterPause(pending, pending.cutOffs() - 1, () -> index.giveBack(pending));
        }
    }

    /**
     * It was given back or could not be pushed: it waits again after a pause that grows with its attempts, or is a dead
     * letter when that happened too often.
     *
     * @param error what went wrong
     * @return completes when that is committed
     */
    public CompletableFuture<Void> retryLater(PendingDelivery pending, String error) {
        pending.refused(time.wall().instant());
        int limit = limit(pending);
        if ((limit > 0 && pending.returns().refused() >= limit) || isSpentForADay(pending)) {
            return giveUp(pending, error);
        }
        CompletableFuture<Void> remembered = remember(pending, error);
        giveBackLater(pending);
        return remembered;
    }

    /** Its payload cannot be read because the spool's disk is not mounted: no attempt, and it waits again after a pause. */
    void putOff(PendingDelivery pending) {
        pending.cutOff(time.wall().instant());
        giveBackLater(pending);
    }

    private int limit(PendingDelivery pending) {
        return index.rules(pending.delivery().queueName()).deliveryLimit();
    }

    /** The ends of connections count toward the limit once they went on for a day by both clocks. */
    private boolean isSpentForADay(PendingDelivery pending) {
        int limit = limit(pending);
        return limit > 0
                && pending.attempts() >= limit
                && pending.returns().since() != null
                && time.isOlder(pending.returns().since(), A_DAY);
    }

    private CompletableFuture<Void> giveUp(PendingDelivery pending, String error) {
        String reason = "Delivered " + pending.attempts() + " times and never settled, which is the queue's"
                + " delivery_limit";
        return settle(pending, settlement(pending, Outcome.DEAD_LETTERED, null, null, reason, error, null));
    }

    /** Records the attempt, for a restart. A failed commit loses that record alone. */
    private CompletableFuture<Void> remember(PendingDelivery pending, String error) {
        return commit(settlement(pending, Outcome.RETURNED, null, null, null, error, null))
                .handle((done, failure) -> {
                    if (failure != null) {
                        LOG.debug(
                                "{}: its attempt is not recorded: {}",
                                pending.delivery().messageId(),
                                FaultText.of(failure));
                    }
                    return null;
                });
    }

    private void giveBackLater(PendingDelivery pending) {
        afterPause(pending, pending.attempts(), () -> index.giveBack(pending));
    }

    /** Its end may be committed or not: after a pause the store says which. */
    private void doubt(PendingDelivery pending, Settlement settlement) {
        afterPause(
                pending,
                pending.attempts(),
                () -> index.giveBackIfItWaits(pending, () -> freeAfter(settlement), () -> doubt(pending, settlement)));
    }

    /** It was committed after all, and its answer was lost: a repeat changes nothing and frees the payload. */
    private void freeAfter(Settlement settlement) {
        if (settlement.outcome().endsHold()) {
            commit(settlement).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("the next start frees the payload {}: {}", settlement.payload(), FaultText.of(failure));
                }
            });
        }
    }

    private void afterPause(PendingDelivery pending, int times, Runnable action) {
        index.rest(pending);
        try {
            long millis = index.rules(pending.delivery().queueName())
                    .pauseAfter(times)
                    .toMillis();
            later.schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug(
                    "{}: not queued again, headquarters is stopping",
                    pending.delivery().messageId());
        }
    }

    private Settlement settlement(
            PendingDelivery pending,
            Outcome outcome,
            byte[] receipt,
            Sha256 receiptSha256,
            String reason,
            String error,
            byte[] detail) {
        return new Settlement(
                pending.delivery().messageNumber(),
                pending.delivery().queueName(),
                pending.delivery().payload(),
                outcome,
                pending.deliveredTime(),
                time.wall().instant(),
                pending.attempts(),
                receipt,
                receiptSha256,
                reason,
                error,
                pending.returns(),
                detail);
    }

    private CompletableFuture<Boolean> commit(Settlement settlement) {
        try {
            return writer.apply(settlement);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> settle(PendingDelivery pending, Settlement settlement) {
        QueuedDelivery delivery = pending.delivery();
        Outcome outcome = settlement.outcome();
        return commit(settlement)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        index.finished(pending);
                        if (done) {
                            if (outcome == Outcome.LOST) {
                                tellUnreadable(delivery, settlement.lastError());
                            }
                            listener.accept(delivery, settlement);
                            tell(delivery, outcome, settlement.reason());
                        } else {
                            LOG.info(
                                    "{} {}: had ended in another way before, {} changes nothing",
                                    delivery.messageId(),
                                    delivery.queueName(),
                                    word(outcome));
                        }
                    } else {
                        LOG.warn(
                                "{} {}: {} could not be committed, it waits again: {}",
                                delivery.messageId(),
                                delivery.queueName(),
                                word(outcome),
                                FaultText.of(failure));
                        doubt(pending, settlement);
                    }
                })
                .thenApply(done -> null);
    }

    private static void tellUnreadable(QueuedDelivery delivery, String error) {
        LOG.error("{} {}: cannot read its payload: {}", delivery.messageId(), delivery.queueName(), error);
    }

    /** Logs every end but an acknowledgement, which is the rule and which the tables keep. */
    private static void tell(QueuedDelivery delivery, Outcome outcome, String reason) {
        LOG.atLevel(
                        switch (outcome) {
                            case ACKNOWLEDGED -> Level.DEBUG;
                            case DEAD_LETTERED, LOST -> Level.WARN;
                            case DISCARDED, EXPIRED, RETURNED -> Level.INFO;
                        })
                .log(
                        "{} {}: {} by {}{}",
                        delivery.messageId(),
                        delivery.queueName(),
                        word(outcome),
                        delivery.receiverClientId(),
                        reason == null ? "" : ": " + Printable.reason(reason));
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case ACKNOWLEDGED -> "acknowledged";
            case DEAD_LETTERED -> "dead-lettered";
            case LOST -> "given up";
            case DISCARDED -> "discarded, never acknowledged";
            case EXPIRED -> "expired, never acknowledged";
            case RETURNED -> "given back";
        };
    }
}
