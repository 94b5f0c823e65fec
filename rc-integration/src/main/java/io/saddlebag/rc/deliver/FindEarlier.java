package io.saddlebag.rc.deliver;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.Publication;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code findEarlier}: whether the message got its place in the outbox already. The journal says so; after a crash
 * between the standardized file and the journal the file itself does, or, when it was announced and nothing of it is
 * left, that somebody took it. Another manifest under the same name is refused. The receipt that was given for it is given
 * again, unless this centre signs under another certificate by now: headquarters may take none under the former, which
 * ended or was revoked.
 */
public final class FindEarlier implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(FindEarlier.class);

    private final RcJournal journal;
    private final Sha256 certificate;

    /** @param certificate the fingerprint of the one under which this centre signs */
    public FindEarlier(RcJournal journal, Sha256 certificate) {
        this.journal = journal;
        this.certificate = certificate;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Optional<JournalledDelivery> journalled = journal.published(arrival.sender(), arrival.messageId());
        if (journalled.isPresent()) {
            JournalledDelivery known = journalled.get();
            requireSame(arrival, known.manifestSha256());
            arrival.contentSha256 = known.contentSha256();
            arrival.contentSize = known.contentSize();
            arrival.receivedTimestamp = known.receivedTime();
            arrival.receipt = Envelope.parse(known.receipt()).presents(certificate) ? known.receipt() : null;
            earlier(arrival);
            return;
        }
        Optional<byte[]> json = arrival.outbox().facts(arrival.sender(), arrival.messageId());
        if (json.isPresent()) {
            StandardizedMessage standing = read(arrival, json.get());
            requireSame(arrival, standing.manifestSha256());
            arrival.contentSha256 = standing.sha256();
            arrival.contentSize = standing.size();
            arrival.receivedTimestamp = standing.receivedTimestamp();
            arrival.outbox().finish(arrival.sender(), arrival.messageId());
            earlier(arrival);
            return;
        }
        Optional<Publication> taken =
                journal.announced(arrival.messageId()).filter(announced -> isGone(arrival, announced));
        if (taken.isPresent()) {
            requireSame(arrival, taken.get().manifestSha256());
            arrival.contentSha256 = taken.get().contentSha256();
            arrival.contentSize = taken.get().contentSize();
            arrival.receivedTimestamp = taken.get().receivedTime();
            earlier(arrival);
        }
    }

    /** Whatever is left of it says that it may not have been seen, and then it is rather written twice than never. */
    private static boolean isGone(Arrival arrival, Publication announced) {
        return !arrival.outbox().isStaged(arrival.sender(), arrival.messageId())
                && !arrival.outbox().hasPayload(arrival.sender(), announced.payloadName());
    }

    private static void earlier(Arrival arrival) throws IOException {
        arrival.isEarlier = true;
        arrival.discardWork();
        LOG.info("message_id={} from={} stood in the outbox already", arrival.messageId(), arrival.sender());
    }

    private static StandardizedMessage read(Arrival arrival, byte[] json) {
        try {
            return Json.read(json, StandardizedMessage.class);
        } catch (IllegalArgumentException e) {
            throw conflict(arrival, "a file that is not of this outbox", e);
        }
    }

    private static void requireSame(Arrival arrival, Sha256 manifestSha256) {
        if (!manifestSha256.equals(arrival.manifestSha256)) {
            throw conflict(arrival, "that of manifest " + manifestSha256, null);
        }
    }

    private static Refusal conflict(Arrival arrival, String found, Exception cause) {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected " + arrival.messageId() + " of " + arrival.sender() + " to be new or of manifest "
                        + arrival.manifestSha256 + ", found in the outbox " + found
                        + ". The sender must use a new message_id",
                cause);
    }
}
