package io.saddlebag.rc.deliver;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.stomp.Headers;
import java.io.IOException;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code refuseDelivery}: a message that must not get into the outbox is logged, journalled when its manifest was
 * genuine, and cleared from the work folder; the next step dead-letters it.
 */
public final class RefuseDelivery implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(RefuseDelivery.class);

    private final RcJournal journal;
    private final SiteId site;
    private final Clock clock;

    public RefuseDelivery(RcJournal journal, SiteId site, Clock clock) {
        this.journal = journal;
        this.site = site;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        if (arrival == null) {
            LOG.warn("site={} refused a frame: {} {}", site, refusal.code().text(), refusal.reason());
            return;
        }
        LOG.warn(
                "message_id={} from={} refused: {} {}",
                Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                Printable.of(arrival.frame().header(Headers.SENDER_ID)),
                refusal.code().text(),
                refusal.reason());
        try {
            arrival.discardWork();
            record(arrival, refusal);
        } catch (IOException e) {
            // The refusal stands without its note: headquarters keeps the reason with the dead letter.
            LOG.warn(
                    "message_id={} refusal not journalled: {}",
                    Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                    Printable.of(e.toString()));
        }
    }

    private void record(Arrival arrival, Refusal refusal) throws IOException {
        Manifest.Recipient place = arrival.manifest == null ? null : arrival.manifest.recipient(site);
        if (place == null) {
            return;
        }
        if (arrival.payloadName != null) {
            arrival.outbox().discardStaged(arrival.sender(), arrival.messageId());
        }
        journal.refuse(
                new JournalledDelivery(
                        arrival.sender(),
                        arrival.messageId(),
                        arrival.queue(),
                        arrival.manifestSha256,
                        place.seq(),
                        place.prev(),
                        null,
                        0,
                        clock.instant(),
                        null),
                refusal.code().text() + ": " + refusal.reason());
    }
}
