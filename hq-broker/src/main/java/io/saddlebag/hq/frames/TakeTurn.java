package io.saddlebag.hq.frames;

import io.saddlebag.hq.session.HqProperties;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Step {@code takeTurn}: from the event loop to a thread that may block, keeping the order in which the session's frames
 * came.
 */
public final class TakeTurn extends AsyncProcessorSupport {
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            HqProperties.session(exchange).inOrder().execute(() -> callback.done(false));
            return false;
        } catch (RejectedExecutionException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }
}
