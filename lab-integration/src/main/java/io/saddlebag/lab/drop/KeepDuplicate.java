package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.records.LabFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a second drop of the same bytes among the sent files; it is not sent again. */
public final class KeepDuplicate implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(KeepDuplicate.class);

    private final LabFolders folders;

    public KeepDuplicate(LabFolders folders) {
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        DroppedName name = LabExchange.droppedName(exchange);
        Path kept = folders.keepSent(LabExchange.dropped(exchange).claim(), name.fileName() + ".duplicate");
        LOG.info("{}: dropped again with the same bytes, not sent again, kept as {}", name.messageId(), kept);
    }
}
