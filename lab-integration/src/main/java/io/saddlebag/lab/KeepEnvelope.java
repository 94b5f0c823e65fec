package io.saddlebag.lab;

import io.saddlebag.failpoint.Failpoint;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the signed manifest, so that every retry sends the same bytes, even after the signing key has changed. */
final class KeepEnvelope implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(KeepEnvelope.class);

    private final LabJournal journal;

    KeepEnvelope(LabJournal journal) {
        this.journal = Objects.requireNonNull(journal, "journal");
    }

    @Override
    public void process(Exchange exchange) {
        OutgoingMessage message = LabExchange.outgoing(exchange);
        byte[] envelope = exchange.getIn().getBody(byte[].class);
        journal.signed(message.number(), envelope);
        Failpoint.LAB_SIGNED.reached();
        exchange.getIn().setBody(null);
        LabExchange.outgoing(
                exchange,
                new OutgoingMessage(
                        message.number(),
                        message.messageId(),
                        message.claim(),
                        message.state(),
                        message.size(),
                        message.sha256(),
                        message.manifest(),
                        envelope));
        LOG.info(
                "{}: sealed and signed for {}",
                message.messageId(),
                message.claim().recipients());
    }
}
