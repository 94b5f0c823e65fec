package io.saddlebag.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** Continues an exchange on a worker once the journal has committed; no thread waits meanwhile. */
public final class AfterCommit {
    private final Executor workers;

    public AfterCommit(Executor workers) {
        this.workers = workers;
    }

    /** The last part of a step. */
    @FunctionalInterface
    public interface Rest<T> {
        void with(T committed) throws Exception;
    }

    /** @return false, the answer of a step that completes its exchange later */
    public <T> boolean then(CompletableFuture<T> commit, Exchange exchange, AsyncCallback callback, Rest<T> rest) {
        commit.whenCompleteAsync(
                (committed, failure) -> {
                    try {
                        if (failure == null) {
                            rest.with(committed);
                        } else {
                            exchange.setException(
                                    failure instanceof CompletionException ? failure.getCause() : failure);
                        }
                    } catch (Throwable e) {
                        // Catches errors too: otherwise the callback would never come.
                        exchange.setException(e);
                    }
                    callback.done(false);
                },
                workers);
        return false;
    }
}
