package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a dropped file that was refused among the failed ones, its reason beside it. */
public final class RefuseDrop implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(RefuseDrop.class);

    private final LabFolders folders;

    public RefuseDrop(LabFolders folders) {
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        Dropped dropped = LabExchange.dropped(exchange);
        DroppedName name = LabExchange.droppedName(exchange);
        String fileName = dropped.name();
        MessageId messageId = name == null ? null : name.messageId();
        if (dropped.isGroup() && dropped.isClaimed()) {
            folders.keepRefusedGroup(dropped, messageId, refusal);
        } else {
            folders.keepRefused(dropped, messageId, refusal);
        }
        LOG.warn(
                "{}: refused ({}): {}",
                messageId == null ? Printable.of(fileName) : messageId,
                refusal.code().text(),
                refusal.reason());
    }
}
