package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the file of a refused message among those failed, its reason beside it. */
public final class MoveToFailed implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(MoveToFailed.class);

    private final LabJournal journal;
    private final LabFolders folders;
    private final Clock clock;

    public MoveToFailed(LabJournal journal, LabFolders folders, Clock clock) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        OutgoingMessage message = LabExchange.outgoing(exchange);
        folders.keepFailed(
                folders.content(message.messageId()),
                message.claim().fileName(),
                message.claim().folder(),
                message.messageId(),
                refusal);
        String reason = refusal.code().text() + ": " + refusal.reason();
        if (refusal.code() == Refusal.Code.CONFLICT) {
            journal.conflicted(message, reason, clock.instant());
        } else {
            journal.failed(message.number(), reason, clock.instant());
        }
        // The file was moved. What stands in its place by now is the next claim's.
        folders.clearSealed(message.messageId());
        LOG.warn("{}: refused ({}): {}", message.messageId(), refusal.code().text(), refusal.reason());
    }
}
