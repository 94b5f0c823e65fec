package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code announcePublication}: the journal knows, before anybody can see the message, that it is about to stand in
 * the outbox. People may take it away the moment that it does; after a crash right then it is not written again.
 */
final class AnnouncePublication implements Processor {
    private final RcJournal journal;

    AnnouncePublication(RcJournal journal) {
        this.journal = journal;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        journal.announce(new Publication(
                arrival.sender(),
                arrival.messageId(),
                arrival.manifestSha256,
                arrival.contentSha256,
                arrival.contentSize,
                arrival.payloadName,
                arrival.receivedTimestamp));
        Failpoint.RC_ANNOUNCED.reached();
    }
}
