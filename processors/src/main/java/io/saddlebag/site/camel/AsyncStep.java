package io.saddlebag.site.camel;

import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncCallbackToCompletableFutureAdapter;
import org.apache.camel.support.AsyncProcessorHelper;

/**
 * An asynchronous step of a route as one method, so that a stage class offers it as a method reference. The method returns
 * false and calls the callback later, from any thread, or calls it and returns true.
 */
@FunctionalInterface
public interface AsyncStep extends AsyncProcessor {
    @Override
    boolean process(Exchange exchange, AsyncCallback callback);

    @Override
    default void process(Exchange exchange) throws Exception {
        AsyncProcessorHelper.process(this, exchange);
    }

    @Override
    default CompletableFuture<Exchange> processAsync(Exchange exchange) {
        AsyncCallbackToCompletableFutureAdapter<Exchange> callback =
                new AsyncCallbackToCompletableFutureAdapter<>(exchange);
        process(exchange, callback);
        return callback.getFuture();
    }
}
