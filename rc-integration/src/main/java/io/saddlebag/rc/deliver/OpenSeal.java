package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Message;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.WorkFolder;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code openSeal}: decrypts into a file of the work folder, unless {@link OpenAhead} has done that, or all but the
 * end of it. The file is the arrival's to publish or discard; it is whole, verified and synced once the step has run; a
 * folder, which is still to be unpacked, is not synced.
 */
public final class OpenSeal implements Processor {
    private final SealOpener opener;
    private final WorkFolder work;
    private final Clock clock;

    public OpenSeal(SealOpener opener, WorkFolder work, Clock clock) {
        this.opener = opener;
        this.work = work;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        OpenedSeal ahead = arrival.ahead == null ? null : arrival.ahead.take(arrival.manifestSha256);
        OpenedSeal opened = ahead == null ? open(arrival) : ahead;
        arrival.opened = opened.file();
        Failpoint.RC_OPENED.reached();
        Message message = opened.message();
        arrival.content = opened.content();
        arrival.message = message;
        arrival.payloadName = OutboxNames.payload(message.messageId(), message.fileName());
        arrival.contentSha256 = message.sha256();
        arrival.contentSize = message.size();
        arrival.receivedTimestamp = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private OpenedSeal open(Arrival arrival) throws IOException {
        // Known before it is there: what is left when this fails is discarded with the rest.
        arrival.opened = work.newFile("opened");
        try (InputStream in = arrival.sealed.open()) {
            return opener.open(in, arrival.manifest, arrival.opened);
        }
    }
}
