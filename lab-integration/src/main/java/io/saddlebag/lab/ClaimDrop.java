package io.saddlebag.lab;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.folder.DroppedName;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a dropped file this site's to send: a journal row first, then the move into the work folder. A file whose name is
 * no message_id gets the next free one of its route's TYPE and of this day, in UTC.
 */
final class ClaimDrop implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimDrop.class);

    private final SiteId site;
    private final LabJournal journal;
    private final LabFolders folders;
    private final Clock clock;

    ClaimDrop(SiteId site, LabJournal journal, LabFolders folders, Clock clock) {
        this.site = Objects.requireNonNull(site, "site id");
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
                folders.nameOf(dropped.getParent()),
                name.fileName(),
                LabExchange.BY_NAME.equals(contentType) ? MediaTypes.of(name.extension()) : contentType,
                recipients(exchange.getProperty(LabExchange.RECIPIENTS, String.class)),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                LabExchange.droppedLook(exchange));
        LabJournal.Move move = id -> {
            Failpoint.LAB_CLAIM_RECORDED.reached();
            folders.takeIn(dropped, id, claim);
            Failpoint.LAB_CLAIM_MOVED.reached();
        };
        OutgoingMessage claimed = name.messageId() == null
                ? journal.claimNext(series(exchange), claim, move)
                : journal.claim(name.messageId(), claim, move);
        LabExchange.outgoing(exchange, claimed);
        LOG.info("{}: claimed by route {} for {}", claimed.messageId(), claim.routeId(), claim.recipients());
    }

    private String series(Exchange exchange) {
        return site + "_" + exchange.getProperty(LabExchange.TYPE, String.class) + "_"
                + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE) + "_";
    }

    static List<SiteId> recipients(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).map(SiteId::of).toList();
    }
}
