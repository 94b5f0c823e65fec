package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies a claimed folder that is a BagIt bag, between its digest and its seal: what the seal then finds to have the
 * same digest is what was verified.
 */
public final class CheckBag implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(CheckBag.class);

    private final BagCheck check;
    private final LabFolders folders;

    public CheckBag(BagCheck check, LabFolders folders) {
        this.check = Objects.requireNonNull(check, "check");
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        OutgoingMessage message = LabExchange.outgoing(exchange);
        Path content = folders.content(message.messageId());
        if (!message.mayBeFolder() || !BagCheck.isBag(content)) {
            return;
        }
        try {
            check.verify(content);
        } catch (Refusal e) {
            folders.requireUnchanged(message.messageId(), message.claim());
            throw e;
        }
        LOG.info("{}: a bag, complete and valid", message.messageId());
    }
}
