package io.saddlebag.hq.consume;

import io.saddlebag.hq.session.HqProperties;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A step that settles a delivery. The route continues once the settlement is committed, on the event loop of the session's
 * connection.
 */
public final class AfterCommit extends AsyncProcessorSupport {
    private final Function<Exchange, CompletableFuture<Void>> step;

    /** @param step hands in the settlement and returns; completes when it is committed */
    public AfterCommit(Function<Exchange, CompletableFuture<Void>> step) {
        this.step = step;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            step.apply(exchange)
                    .whenCompleteAsync(
                            (done, failure) -> {
                                exchange.setException(failure);
                                callback.done(false);
                            },
                            HqProperties.session(exchange).answers());
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }
}
