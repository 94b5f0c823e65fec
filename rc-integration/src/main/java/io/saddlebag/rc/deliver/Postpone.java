package io.saddlebag.rc.deliver;

import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.stomp.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code postpone}: after trouble of the centre's own that is not its disk's, the delivery is kept back a while before
 * it is returned. It keeps its place in the prefetch window meanwhile, so that headquarters sends no faster than that.
 */
public final class Postpone extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(Postpone.class);

    private final Duration pause;
    private final RepeatedFaults faults = new RepeatedFaults();

    public Postpone(Duration pause) {
        this.pause = pause;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Arrival arrival = Arrival.of(exchange);
        if (arrival == null) {
            LOG.error("a step failed", failure);
            callback.done(true);
            return true;
        }
        String trouble = Printable.of(failure.toString());
        faults.occurred(RepeatedFaults.kindOf(trouble))
                .ifPresent(repeats -> LOG.error(
                        "message_id={} cannot be taken now and is returned in {} ms: {}{}",
                        Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                        pause.toMillis(),
                        trouble,
                        repeats,
                        failure instanceof IOException ? null : failure));
        try {
            arrival.discardWork();
        } catch (IOException e) {
            LOG.warn("a work file stays until the next start: {}", Printable.of(e.toString()));
        }
        arrival.over();
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> callback.done(false));
        return false;
    }
}
