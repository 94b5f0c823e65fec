package io.saddlebag.lab.keys;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says why a key bundle was not taken; the one pinned before stays in force. */
public final class ReportKeyFault implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReportKeyFault.class);

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (cause instanceof Refusal refusal) {
            LOG.warn("key bundle refused ({}): {}", refusal.code().text(), refusal.reason());
        } else {
            LOG.error("key bundle not taken: {}", Printable.of(cause.toString()), cause);
        }
    }
}
