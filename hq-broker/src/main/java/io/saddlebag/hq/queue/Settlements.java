package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.message.Printable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends deliveries: each that is handed in is either settled in the store or waits again. Every method returns at once;
 * futures complete after the commit, in the writer's thread. Safe for any number of threads.
 */
public final class Settlements {
    private static final Logger LOG = LoggerFactory.getLogger(Settlements.class);
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final long LONGEST_RETRY_MILLIS = Duration.ofMinutes(1).toMillis();

    private final QueueIndex index;
    private final Function<Settlement, CompletableFuture<Void>> writer;
    private final ScheduledExecutorService later;
    private final Clock clock;

    /** @param writer commits a settlement; completes when that is durable */
    public Settlements(
            QueueIndex index,
            Function<Settlement, CompletableFuture<Void>> writer,
            ScheduledExecutorService later,
            Clock clock) {
        this.index = index;
        this.writer = writer;
        this.later = later;
        this.clock = clock;
    }

    /** @param receipt the delivery receipt's envelope; null when there is none */
    public CompletableFuture<Void> acknowledge(Waiting waiting, byte[] receipt) {
        return settle(waiting, Outcome.ACKNOWLEDGED, receipt, null);
    }

    /** @param reason why nobody should try again */
    public CompletableFuture<Void> deadLetter(Waiting waiting, String reason) {
        return settle(waiting, Outcome.DEAD_LETTERED, null, reason);
    }

    /** Its time is over. */
    public void expire(Waiting waiting) {
        settle(waiting, Outcome.EXPIRED, null, null);
    }

    /** Sweeps the queues for deliveries whose time is over, so that they end without a consumer too. */
    public void expireWhatIsOver() {
        index.takeExpired(clock.instant()).forEach(this::expire);
    }

    /** It waits again after a pause that grows with its attempts, from half a second to a minute. */
    public void retryLater(Waiting waiting) {
        int doublings = Math.min(Math.max(0, waiting.attempts() - 1), 7);
        long pause = Math.min(FIRST_RETRY_MILLIS << doublings, LONGEST_RETRY_MILLIS);
        try {
            later.schedule(() -> index.giveBack(waiting), pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug(
                    "{}: not queued again, headquarters is stopping",
                    waiting.delivery().messageId());
        }
    }

    private CompletableFuture<Void> settle(Waiting waiting, Outcome outcome, byte[] receipt, String reason) {
        QueuedDelivery delivery = waiting.delivery();
        Instant now = clock.instant();
        CompletableFuture<Void> committed;
        try {
            committed = writer.apply(new Settlement(
                    delivery.messageNumber(),
                    delivery.queueName(),
                    outcome,
                    waiting.deliveredTime(),
                    now,
                    waiting.attempts(),
                    receipt,
                    reason));
        } catch (RuntimeException e) {
            committed = CompletableFuture.failedFuture(e);
        }
        return committed.whenComplete((done, failure) -> {
            if (failure == null) {
                index.finished(waiting);
                LOG.info(
                        "{} {}: {} by {}{}",
                        delivery.messageId(),
                        delivery.queueName(),
                        word(outcome),
                        delivery.receiverClientId(),
                        reason == null ? "" : ": " + Printable.of(reason));
            } else {
                LOG.warn(
                        "{} {}: {} could not be committed, it waits again: {}",
                        delivery.messageId(),
                        delivery.queueName(),
                        word(outcome),
                        failure.toString());
                retryLater(waiting);
            }
        });
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case ACKNOWLEDGED -> "acknowledged";
            case DEAD_LETTERED -> "dead-lettered";
            case EXPIRED -> "expired, never acknowledged";
        };
    }
}
