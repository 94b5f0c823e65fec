package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a claimed file that somebody still writes to back into its drop folder, where it settles anew; nothing of it has
 * left. Cut short by a crash between the move and the row, the next start takes the claim back.
 */
public final class ReturnToDrop implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReturnToDrop.class);

    private final LabJournal journal;
    private final LabFolders folders;

    public ReturnToDrop(LabJournal journal, LabFolders folders) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        OutgoingMessage message = LabExchange.outgoing(exchange);
        Path put = folders.giveBack(message.messageId(), message.claim());
        // Before the id is free: what stands under it later is the next claim's.
        folders.clear(message.messageId());
        journal.forget(message.number());
        LOG.warn(
                "{}: {}; put back as {}, to be sent when it is complete",
                message.messageId(),
                cause.getMessage(),
                Printable.of(put.toString()));
    }
}
