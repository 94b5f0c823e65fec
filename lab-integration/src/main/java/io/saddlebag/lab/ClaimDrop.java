package io.saddlebag.lab;

import io.saddlebag.folder.DroppedName;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a dropped file this site's to send: a journal row first, then the rename into the work folder. */
final class ClaimDrop implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimDrop.class);

    private final LabJournal journal;
    private final LabFolders folders;
    private final Clock clock;

    ClaimDrop(LabJournal journal, LabFolders folders, Clock clock) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        DroppedName name = LabExchange.droppedName(exchange);
        Path dropped = LabExchange.dropped(exchange);
        String contentType = exchange.getProperty(LabExchange.CONTENT_TYPE, String.class);
        OutgoingMessage.Claim claim = new OutgoingMessage.Claim(
                exchange.getFromRouteId(),
                name.fileName(),
                LabExchange.BY_NAME.equals(contentType) ? MediaTypes.of(name.extension()) : contentType,
                recipients(exchange.getProperty(LabExchange.RECIPIENTS, String.class)),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        journal.claim(name.messageId(), claim, () -> folders.takeIn(dropped, name.messageId()));
        LOG.info("{}: claimed by route {} for {}", name.messageId(), claim.routeId(), claim.recipients());
    }

    static List<SiteId> recipients(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).map(SiteId::of).toList();
    }
}
