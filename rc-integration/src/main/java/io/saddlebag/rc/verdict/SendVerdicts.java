package io.saddlebag.rc.verdict;

import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.records.VerdictRecords;
import io.saddlebag.rc.records.VerdictRecords.Row;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the verdicts of the journal to headquarters, a page at a time, until headquarters confirms them: after a failure again,
 * after a pause. One that headquarters refuses because it has another is not sent again. For one thread, which waits for no
 * answer: nothing more is sent until all of the page have come.
 */
public final class SendVerdicts implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(SendVerdicts.class);
    private static final int PAGE = 100;
    private static final int MOST_FAILED = 1000;
    private static final Duration PAUSE = Duration.ofSeconds(15);

    private final RcJournal journal;
    private final VerdictRecords records;
    private final VerdictSigner signer;
    private final Function<StompFrame, CompletableFuture<StompFrame>> request;
    private final Clock clock;
    private final LimitedLines lines = new LimitedLines();
    private volatile Instant pauseEnds = Instant.MIN;
    private final AtomicBoolean isBusy = new AtomicBoolean();
    private final Set<MessageId> failed = ConcurrentHashMap.newKeySet();

    /** @param request sends a frame to headquarters; completes with its confirm, and fails with its refusal */
    public SendVerdicts(
            RcJournal journal,
            VerdictSigner signer,
            Function<StompFrame, CompletableFuture<StompFrame>> request,
            Clock clock) {
        this.journal = journal;
        this.records = journal.verdicts();
        this.signer = signer;
        this.request = request;
        this.clock = clock;
    }

    /** Sends verdicts that failed again with the next look; any thread. */
    public void connected() {
        failed.clear();
    }

    @Override
    public void process(Exchange exchange) {
        if (!clock.instant().isBefore(pauseEnds)) {
            failed.clear();
        }
        if (failed.size() < MOST_FAILED && isBusy.compareAndSet(false, true)) {
            try {
                send();
            } catch (RuntimeException e) {
                isBusy.set(false);
                throw e;
            }
        }
    }

    /** A verdict that failed holds up none of the others. */
    private void send() {
        List<CompletableFuture<Boolean>> answers = records.unsent(PAGE + failed.size()).stream()
                .filter(each -> !failed.contains(each.messageId()))
                .map(this::sent)
                .toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .whenComplete((all, failure) -> isBusy.set(false));
    }

    private CompletableFuture<Boolean> sent(Row verdict) {
        return send(verdict).whenComplete((isOver, failure) -> {
            if (failure != null || !isOver) {
                if (failed.isEmpty()) {
                    pauseEnds = clock.instant().plus(PAUSE);
                }
                failed.add(verdict.messageId());
            }
        });
    }

    /** @return true once it need not be sent again */
    private CompletableFuture<Boolean> send(Row verdict) {
        Optional<byte[]> envelope = envelope(verdict);
        if (envelope.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        StompFrame frame = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.VERDICTS)
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, envelope.get().length)
                .body(envelope.get())
                .build();
        return request.apply(frame)
                .handle((answer, failure) -> settled(verdict, failure))
                .thenCompose(settled -> settled);
    }

    /** Signs anew what got another manifest since. */
    private Optional<byte[]> envelope(Row verdict) {
        if (verdict.envelope() != null) {
            return Optional.of(verdict.envelope());
        }
        return journal.published(verdict.sender(), verdict.messageId()).map(delivery -> {
            Row signed = signer.signed(verdict, delivery);
            records.given(signed);
            return signed.envelope();
        });
    }

    /** Does not block: it runs where the answer came. */
    private CompletableFuture<Boolean> settled(Row verdict, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
            return records.confirmed(verdict.sender(), verdict.messageId(), clock.instant())
                    .thenApply(changed -> true);
        }
        if (cause instanceof ConnectionLostException) {
            return CompletableFuture.completedFuture(false);
        }
        if (!(cause instanceof Refusal refusal)) {
            later("not sent", verdict, Printable.reason(cause.getMessage()));
            return CompletableFuture.completedFuture(false);
        }
        switch (refusal.code()) {
            case CONFLICT -> {
                LOG.warn(
                        "message_id={} headquarters does not take the verdict: {}",
                        verdict.messageId(),
                        Printable.reason(refusal.reason()));
                return records.overruled(verdict.sender(), verdict.messageId(), refusal.reason())
                        .thenApply(changed -> true);
            }
            case BAD_SIGNATURE, BAD_DIGEST -> {
                later(refusal.code().text(), verdict, Printable.reason(refusal.reason()));
                return records.unsigned(verdict.sender(), verdict.messageId()).thenApply(changed -> false);
            }
            case UNKNOWN_DESTINATION ->
                later(
                        "unknown",
                        verdict,
                        "headquarters does not know verdicts; they are kept. Upgrade headquarters to 1.1.0 or later");
            default -> later(refusal.code().text(), verdict, Printable.reason(refusal.reason()));
        }
        return CompletableFuture.completedFuture(false);
    }

    private void later(String key, Row verdict, String reason) {
        lines.line(key)
                .ifPresent(more ->
                        LOG.warn("message_id={} verdict not sent yet: {}{}", verdict.messageId(), reason, more));
    }
}
