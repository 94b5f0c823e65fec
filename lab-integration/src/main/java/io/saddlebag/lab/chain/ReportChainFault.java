package io.saddlebag.lab.chain;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.lab.records.ChainRecords;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why a manifest that headquarters returned does not count. One that the journal has too is no fault: its
 * certificate may have ended since.
 */
public final class ReportChainFault implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReportChainFault.class);

    private final ChainRecords records;

    public ReportChainFault(ChainRecords records) {
        this.records = Objects.requireNonNull(records, "records");
    }

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (cause instanceof RejectedExecutionException) {
            LOG.debug("more manifests than can be verified at once; those left out do not count");
        } else if (!(cause instanceof Refusal refusal)) {
            LOG.error("a manifest from headquarters not read: {}", Printable.of(String.valueOf(cause)), cause);
        } else if (isKnown(exchange.getProperty(ReadChainFrame.ENVELOPE, byte[].class))) {
            LOG.debug("a manifest that the journal has too: {}", refusal.reason());
        } else {
            LOG.warn(
                    "headquarters returned a manifest as this laboratory's that does not count ({}): {}",
                    refusal.code().text(),
                    refusal.reason());
        }
    }

    private boolean isKnown(byte[] envelope) {
        try {
            return envelope != null
                    && records.isLast(Sha256.of(Envelope.parse(envelope).payload()));
        } catch (Refusal noEnvelope) {
            return false;
        }
    }
}
