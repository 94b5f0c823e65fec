package io.saddlebag.lab.chain;

import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks headquarters for the message that it has under an id. A headquarters that knows no such question counts as having none. */
public final class HeldMessages {
    private final ChainQuestions questions;

    public HeldMessages(ChainQuestions questions) {
        this.questions = Objects.requireNonNull(questions, "questions");
    }

    /** Fails with a {@link ConnectionLostException} when the question is to be asked again. */
    public CompletableFuture<Optional<SentManifest>> of(MessageId id) {
        return questions.last(List.of(id)).exceptionally(failure -> otherwise(failure, Optional.empty()));
    }

    /** The highest number of the series there; {@code from} when none is known above it. Fails as {@link #of}. */
    public CompletableFuture<Long> highest(String series, long from) {
        return questions.highest(series, from).exceptionally(failure -> otherwise(failure, from));
    }

    private static <T> T otherwise(Throwable failure, T unknown) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal && refusal.code() == Refusal.Code.UNKNOWN_DESTINATION) {
            return unknown;
        }
        throw new CompletionException(new ConnectionLostException(
                "headquarters did not say which message it has: " + Printable.of(String.valueOf(cause)), cause));
    }
}
