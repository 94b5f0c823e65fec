package io.saddlebag.hq.publish;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.receipts.SenderChains;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.message.Manifest;
import io.saddlebag.site.camel.AsyncStep;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code commitMessage}: hands the judged message to the writer. Continues once it is committed, synced and queued. A
 * repeat of the same manifest is confirmed again.
 */
public final class CommitMessage implements AsyncStep {
    private static final Logger LOG = LoggerFactory.getLogger(CommitMessage.class);

    private final CommitWriter writer;
    private final QueueIndex index;
    private final SenderChains chains;
    private final Clock clock;
    private final Consumer<Manifest> stored;
    private final Consumer<Manifest> repeated;

    /**
     * @param stored hears of each message that is new, in the writer's thread; must not block
     * @param repeated hears of each that was confirmed before; must not block
     */
    public CommitMessage(
            CommitWriter writer,
            QueueIndex index,
            SenderChains chains,
            Clock clock,
            Consumer<Manifest> stored,
            Consumer<Manifest> repeated) {
        this.writer = writer;
        this.index = index;
        this.chains = chains;
        this.clock = clock;
        this.stored = stored;
        this.repeated = repeated;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (Submission.of(exchange).isCommittedBefore()) {
            chains.took(Submission.of(exchange).manifest(), 0);
            repeated.accept(Submission.of(exchange).manifest());
            callback.done(true);
            return true;
        }
        handIn(exchange, callback);
        return false;
    }

    /** While the writer has too much, the frame stays unanswered, and its session's limits hold the sender back. */
    private void handIn(Exchange exchange, AsyncCallback callback) {
        if (writer.isSaturated()) {
            writer.onRelief(() -> handIn(exchange, callback));
            return;
        }
        try {
            Submission submission = Submission.of(exchange);
            Submission judged = submission.upload() == null
                    ? submission
                    : submission.upload().first();
            Publication publication = publication(judged, submission.payload());
            CompletableFuture<PublishResult> committed = submission.payload() == null
                    ? writer.publish(publication, submission.frame().body())
                    : writer.publish(publication, submission.payload());
            // In the writer's thread: the index must hear of commits in their order. The answer may come later.
            committed
                    .whenComplete((result, failure) -> {
                        if (failure == null) {
                            index.arrived(result.deliveries());
                            note(judged, result);
                        }
                    })
                    .whenCompleteAsync(
                            (result, failure) -> {
                                finish(exchange, judged, result, failure);
                                callback.done(false);
                            },
                            HqProperties.session(exchange).answers());
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(false);
        }
    }

    /** Ownership of the payload passes to the writer. If building the publication fails, discard it here. */
    private Publication publication(Submission judged, PayloadRef uploaded) {
        try {
            return judged.publication(clock.instant());
        } catch (RuntimeException e) {
            writer.discard(uploaded);
            throw e;
        }
    }

    private void note(Submission judged, PublishResult result) {
        if (result.outcome() == PublishOutcome.STORED) {
            stored.accept(judged.manifest());
        } else if (result.outcome() == PublishOutcome.REPEATED) {
            repeated.accept(judged.manifest());
        }
        if (result.outcome() != PublishOutcome.CONFLICTING) {
            long number = result.deliveries().isEmpty()
                    ? 0
                    : result.deliveries().get(0).messageNumber();
            chains.took(judged.manifest(), number);
        }
    }

    private static void finish(Exchange exchange, Submission judged, PublishResult result, Throwable failure) {
        if (failure != null) {
            exchange.setException(failure);
            return;
        }
        if (result.outcome() == PublishOutcome.CONFLICTING) {
            exchange.setException(judged.conflict());
            return;
        }
        Failpoint.HQ_CONFIRMING.reached();
        LOG.debug(
                "{} {}: {} to {}, {} bytes",
                judged.manifest().messageId(),
                judged.manifest().sender().id(),
                result.outcome() == PublishOutcome.REPEATED ? "repeated, confirmed again" : "stored",
                judged.manifest().routing().routingKeys(),
                judged.manifest().body().size());
    }
}
