package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step {@code journalDelivery}: the delivery and its signed receipt are on the disk before the acknowledgement leaves. */
final class JournalDelivery implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(JournalDelivery.class);

    private final RcJournal journal;
    private final SenderChain chain;
    private final SiteId site;

    JournalDelivery(RcJournal journal, SiteId site) {
        this.journal = journal;
        this.chain = new SenderChain(journal);
        this.site = site;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Manifest.Recipient place = arrival.manifest.recipient(site);
        arrival.receipt = exchange.getMessage().getBody(byte[].class);
        journal.publish(new JournalledDelivery(
                arrival.sender(),
                arrival.messageId(),
                arrival.queue(),
                arrival.manifestSha256,
                place.seq(),
                place.prev(),
                arrival.contentSha256,
                arrival.contentSize,
                arrival.receivedTimestamp,
                arrival.receipt));
        Failpoint.RC_JOURNALLED.reached();
        // Once it is recorded: of two that come at once the later sees the other.
        chain.faults(arrival.sender(), arrival.messageId(), arrival.manifestSha256, place)
                .forEach(fault -> LOG.warn("message_id={} {}", arrival.messageId(), fault));
        // Not before: killed in between, the centre says that it has all parts and does not get them again.
        arrival.discardWork();
        arrival.forgetBody();
        LOG.info(
                "message_id={} from={} delivered to the outbox, {} bytes",
                arrival.messageId(),
                arrival.sender(),
                arrival.contentSize);
    }
}
