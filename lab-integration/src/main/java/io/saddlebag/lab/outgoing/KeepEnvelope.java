package io.saddlebag.lab.outgoing;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabJournal;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the signed manifest, so that every retry sends the same bytes, even after the signing key has changed. */
public final class KeepEnvelope extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(KeepEnvelope.class);

    private final LabJournal journal;
    private final AfterCommit afterCommit;

    public KeepEnvelope(LabJournal journal, AfterCommit afterCommit) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.afterCommit = Objects.requireNonNull(afterCommit, "after commit");
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        byte[] envelope = exchange.getIn().getBody(byte[].class);
        return afterCommit.then(
                journal.signed(message.number(), envelope),
                exchange,
                callback,
                rows -> recorded(exchange, message, envelope));
    }

    private static void recorded(Exchange exchange, OutgoingMessage message, byte[] envelope) {
        Failpoint.LAB_SIGNED.reached();
        exchange.getIn().setBody(null);
        OutgoingContext.message(exchange, message.signed(envelope));
        LOG.debug(
                "{}: sealed and signed for {}",
                message.messageId(),
                message.claim().recipients());
    }
}
