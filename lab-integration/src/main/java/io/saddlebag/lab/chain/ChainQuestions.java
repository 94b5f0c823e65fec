package io.saddlebag.lab.chain;

import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks headquarters which manifests it has of this laboratory, one question after the other. The manifests come as
 * frames of their own and are verified by the route {@code chain}, which hands them to {@link #found}; the
 * receipt of the question ends the answer. Methods do not block.
 */
public final class ChainQuestions {
    /** The most message_ids in one question. */
    static final int MOST = 256;

    private static final int NEAR = 128;
    private static final long HIGHEST = 999_999_999_999L;

    private final SiteId site;
    private final Function<StompFrame, CompletableFuture<StompFrame>> request;
    private final Executor thread;
    private final Duration patience;
    /** For the thread alone. */
    private final List<SentManifest> answer = new ArrayList<>();

    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    /** @param thread the one thread that verifies what comes, in order */
    public ChainQuestions(
            SiteId site,
            Function<StompFrame, CompletableFuture<StompFrame>> request,
            Executor thread,
            Duration patience) {
        this.site = site;
        this.request = request;
        this.thread = thread;
        this.patience = patience;
    }

    /** A manifest came that this laboratory signed. On the thread. */
    void found(SentManifest manifest) {
        answer.add(manifest);
    }

    /**
     * The newest manifest to each recipient; subscribes to the answers of this connection's other questions too.
     *
     * @return fails with a {@link Refusal} when headquarters gives no answer of this kind, with a {@link
     *     ConnectionLostException} or a {@link java.util.concurrent.TimeoutException} when none came
     */
    CompletableFuture<List<SentManifest>> newest() {
        return ask(HqEndpoint.subscribe(Headers.CHAIN_PREFIX + site));
    }

    /**
     * The manifest of the last of these messages that headquarters has confirmed; empty when it has none.
     *
     * @param ids at most {@value #MOST}
     * @return fails as {@link #newest}
     */
    CompletableFuture<Optional<SentManifest>> last(List<MessageId> ids) {
        return ask(HqEndpoint.question(Headers.CHAIN, ids)).thenApply(found -> found.stream()
                .filter(each -> ids.contains(each.manifest().messageId()))
                .findFirst());
    }

    /**
     * The highest number of a series that headquarters has. Each question names the next {@value #NEAR} ids and others
     * at doubling distances, and the answer is the last of them that is there: a thousand numbers take a few questions.
     * A hole of more than {@value #NEAR} numbers may hide the numbers behind it; a conflict then asks again from there.
     *
     * @param from a number that is known to be taken; 0 for none
     * @return {@code from} when headquarters has none above it; fails as {@link #newest}
     */
    CompletableFuture<Long> highest(String series, long from) {
        List<MessageId> asked = new ArrayList<>();
        for (long step = 1; from + step <= HIGHEST; step = step < NEAR ? step + 1 : step * 2) {
            asked.add(AssignedId.id(series, from + step));
        }
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(from);
        }
        return last(asked)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(from)
                        : highest(
                                series,
                                AssignedId.of(found.get().manifest().messageId())
                                        .number()));
    }

    /**
     * As {@link #last}, for one id; empty also when headquarters knows no such question.
     *
     * @return fails with a {@link ConnectionLostException} when the question is to be asked again
     */
    CompletableFuture<Optional<SentManifest>> held(MessageId id) {
        return last(List.of(id)).exceptionally(failure -> otherwise(failure, Optional.empty()));
    }

    /** As {@link #highest}; {@code from} also when headquarters knows no such question. Fails as {@link #held}. */
    CompletableFuture<Long> highestHeld(String series, long from) {
        return highest(series, from).exceptionally(failure -> otherwise(failure, from));
    }

    private static <T> T otherwise(Throwable failure, T unknown) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal && refusal.code() == Refusal.Code.UNKNOWN_DESTINATION) {
            return unknown;
        }
        throw new CompletionException(new ConnectionLostException(
                "headquarters did not say which message it has: " + Printable.reason(FaultText.of(cause)), cause));
    }

    private CompletableFuture<List<SentManifest>> ask(StompFrame question) {
        return inTurn(() -> request.apply(question).orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    private synchronized CompletableFuture<List<SentManifest>> inTurn(
            Supplier<CompletableFuture<StompFrame>> question) {
        CompletableFuture<List<SentManifest>> answered = last.handle((before, failure) -> null)
                .thenComposeAsync(
                        turn -> {
                            answer.clear();
                            return question.get();
                        },
                        thread)
                .thenApplyAsync(receipt -> List.copyOf(answer), thread);
        last = answered;
        return answered;
    }
}
