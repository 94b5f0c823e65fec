package io.saddlebag.hq.deliver;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.queue.Waiting;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.message.Printable;
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
 * Ends deliveries: each that is handed in is either settled in the store or waits again. Every method returns at once;
 * futures complete after the commit, in the writer's thread. Safe for any number of threads.
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

    /** Whom to tell of each that has ended, once it is committed; in the writer's thread, so it must return at once. */
    public void onSettled(BiConsumer<QueuedDelivery, Settlement> told) {
        listener = told;
    }

    /** @param receipt the delivery receipt's envelope; null when there is none */
    public CompletableFuture<Void> acknowledge(Waiting waiting, byte[] receipt) {
        return settle(waiting, Outcome.ACKNOWLEDGED, receipt, null, null);
    }

    /** @param reason why nobody should try again */
    public CompletableFuture<Void> deadLetter(Waiting waiting, String reason) {
        return settle(waiting, Outcome.DEAD_LETTERED, null, reason, reason);
    }

    /** Whether its time is over, by its sender's limit or the queue's. */
    boolean isOver(Waiting waiting) {
        return index.isOver(waiting.delivery(), time);
    }

    /** Its payload is damaged, which no other attempt mends: a dead letter that cannot be requeued. */
    CompletableFuture<Void> lose(Waiting waiting, String error) {
        return settle(waiting, Outcome.LOST, null, LOST, error);
    }

    /**
     * Its time is over.
     *
     * @return completes when that is committed
     */
    public CompletableFuture<Void> expire(Waiting waiting) {
        QueuedDelivery delivery = waiting.delivery();
        boolean bySender = delivery.expires() != null && time.isOver(delivery.receivedTime(), delivery.expires());
        String reason = bySender
                ? "Its time was over at " + delivery.expires()
                : "It waited longer than the queue's ttl, "
                        + index.rules(delivery.queueName()).ttl();
        return settle(waiting, Outcome.EXPIRED, null, reason, null);
    }

    /**
     * Sweeps the queues for deliveries whose time is over, so that they end without a consumer too. Goes on as long as
     * there are such, a bounded number a commit, so that a large backlog that ends at once leaves room for others.
     */
    public void expireWhatIsOver() {
        List<Waiting> over = index.takeExpired(time, EXPIRED_AT_ONCE);
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
     * Its connection ended before it was settled: it waits again, at once the first time, then after a pause that grows.
     * That may be the receiver's own fault, so that it becomes a dead letter only when it went on for a day.
     */
    public void cutOff(Waiting waiting) {
        boolean counts = waiting.cutOff(time.wall().instant());
        if (!counts) {
            index.giveBack(waiting);
            return;
        }
        if (isSpentForADay(waiting)) {
            giveUp(waiting, CUT_OFF);
            return;
        }
        remember(waiting, CUT_OFF);
        if (waiting.cutOffs() <= 1) {
            index.giveBack(waiting);
        } else {
            afterPause(waiting, waiting.cutOffs() - 1, () -> index.giveBack(waiting));
        }
    }

    /**
     * It was given back or could not be pushed: it waits again after a pause that grows with its attempts, or is a dead
     * letter when that happened too often.
     *
     * @param error what went wrong
     * @return completes when that is committed
     */
    public CompletableFuture<Void> retryLater(Waiting waiting, String error) {
        waiting.refused(time.wall().instant());
        int limit = limit(waiting);
        if ((limit > 0 && waiting.returns().refused() >= limit) || isSpentForADay(waiting)) {
            return giveUp(waiting, error);
        }
        CompletableFuture<Void> remembered = remember(waiting, error);
        giveBackLater(waiting);
        return remembered;
    }

    /** Its payload cannot be read because the spool's disk is not mounted: no attempt, and it waits again after a pause. */
    void putOff(Waiting waiting) {
        waiting.cutOff(time.wall().instant());
        giveBackLater(waiting);
    }

    private int limit(Waiting waiting) {
        return index.rules(waiting.delivery().queueName()).deliveryLimit();
    }

    /** The ends of connections count toward the limit once they went on for a day by both clocks. */
    private boolean isSpentForADay(Waiting waiting) {
        int limit = limit(waiting);
        return limit > 0
                && waiting.attempts() >= limit
                && waiting.returns().since() != null
                && time.isOlder(waiting.returns().since(), A_DAY);
    }

    private CompletableFuture<Void> giveUp(Waiting waiting, String error) {
        String reason = "Delivered " + waiting.attempts() + " times and never settled, which is the queue's"
                + " delivery_limit";
        return settle(waiting, Outcome.DEAD_LETTERED, null, reason, error);
    }

    /** What happened outlasts a restart; when it cannot be committed, only that is lost. */
    private CompletableFuture<Void> remember(Waiting waiting, String error) {
        return commit(settlement(waiting, Outcome.RETURNED, null, null, error)).handle((done, failure) -> {
            if (failure != null) {
                LOG.debug(
                        "{}: its attempt is not recorded: {}",
                        waiting.delivery().messageId(),
                        failure.toString());
            }
            return null;
        });
    }

    private void giveBackLater(Waiting waiting) {
        afterPause(waiting, waiting.attempts(), () -> index.giveBack(waiting));
    }

    /** Its end was not committed, or it was at an attempt before and nobody was told: the store says which. */
    private void doubt(Waiting waiting, Settlement settlement) {
        afterPause(
                waiting,
                waiting.attempts(),
                () -> index.giveBackIfItWaits(waiting, () -> freeAfter(settlement), () -> doubt(waiting, settlement)));
    }

    /** It was committed after all, and its answer was lost: a repeat changes nothing and frees the payload. */
    private void freeAfter(Settlement settlement) {
        if (settlement.outcome().endsHold()) {
            commit(settlement).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("the next start frees the payload {}: {}", settlement.payload(), failure.toString());
                }
            });
        }
    }

    private void afterPause(Waiting waiting, int times, Runnable action) {
        index.rest(waiting);
        try {
            long millis = index.rules(waiting.delivery().queueName())
                    .pauseAfter(times)
                    .toMillis();
            later.schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug(
                    "{}: not queued again, headquarters is stopping",
                    waiting.delivery().messageId());
        }
    }

    private Settlement settlement(Waiting waiting, Outcome outcome, byte[] receipt, String reason, String error) {
        return new Settlement(
                waiting.delivery().messageNumber(),
                waiting.delivery().queueName(),
                waiting.delivery().payload(),
                outcome,
                waiting.deliveredTime(),
                time.wall().instant(),
                waiting.attempts(),
                receipt,
                reason,
                error,
                waiting.returns());
    }

    private CompletableFuture<Boolean> commit(Settlement settlement) {
        try {
            return writer.apply(settlement);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> settle(
            Waiting waiting, Outcome outcome, byte[] receipt, String reason, String error) {
        QueuedDelivery delivery = waiting.delivery();
        Settlement settlement = settlement(waiting, outcome, receipt, reason, error);
        return commit(settlement)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        index.finished(waiting);
                        if (done) {
                            listener.accept(delivery, settlement);
                            tell(delivery, outcome, reason);
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
                                failure.toString());
                        doubt(waiting, settlement);
                    }
                })
                .thenApply(done -> null);
    }

    /** An acknowledgement is the rule and stands in the tables; whatever else becomes of a delivery is told. */
    private static void tell(QueuedDelivery delivery, Outcome outcome, String reason) {
        LOG.atLevel(outcome == Outcome.ACKNOWLEDGED ? Level.DEBUG : Level.INFO)
                .log(
                        "{} {}: {} by {}{}",
                        delivery.messageId(),
                        delivery.queueName(),
                        word(outcome),
                        delivery.receiverClientId(),
                        reason == null ? "" : ": " + Printable.of(reason));
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case ACKNOWLEDGED -> "acknowledged";
            case DEAD_LETTERED -> "dead-lettered";
            case LOST -> "given up";
            case EXPIRED -> "expired, never acknowledged";
            case RETURNED -> "given back";
        };
    }
}
