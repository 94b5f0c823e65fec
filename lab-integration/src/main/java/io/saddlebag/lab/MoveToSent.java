package io.saddlebag.lab;

import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the file of a confirmed message among those sent. Cut short by a crash, it is done again and ends the same. */
final class MoveToSent implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(MoveToSent.class);

    private final LabJournal journal;
    private final LabFolders folders;
    private final Clock clock;

    MoveToSent(LabJournal journal, LabFolders folders, Clock clock) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        OutgoingMessage message = LabExchange.outgoing(exchange);
        folders.keepSent(folders.content(message.messageId()), message.claim().fileName());
        journal.sent(message.number(), clock.instant());
        folders.clear(message.messageId());
        LOG.info("{}: confirmed by headquarters, file kept in sent/", message.messageId());
    }
}
