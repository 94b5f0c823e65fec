package io.saddlebag.rc.deliver;

import io.saddlebag.message.Printable;
import io.saddlebag.rc.intake.Arrival;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code openLater}: a delivery whose first part is in does not pass the checks, or something fails there. Nothing is
 * opened of it now; once it is whole the same checks are made, and what is wrong is said and done then.
 */
public final class OpenLater implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(OpenLater.class);

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.debug("{} is not opened as it comes: {}", arrival.partsFile, Printable.of(String.valueOf(failure)));
        arrival.ahead.discard();
    }
}
