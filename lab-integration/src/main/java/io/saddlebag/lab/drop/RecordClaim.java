package io.saddlebag.lab.drop;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.DroppedName;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a claimed file that was judged a message: a journal row first, then its name in the work folder, while the drop
 * folder's next files are looked at. A file whose name is no message_id gets the next free one of its route's TYPE and
 * of this day, in UTC.
 */
public final class RecordClaim extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(RecordClaim.class);

    private final SiteHome home;
    private final SiteId site;
    private final LabJournal journal;
    private final LabFolders folders;
    private final ClaimsUnderWay claims;
    private final AfterCommit afterCommit;
    private final Clock clock;

    public RecordClaim(
            SiteHome home,
            SiteId site,
            LabJournal journal,
            LabFolders folders,
            ClaimsUnderWay claims,
            AfterCommit afterCommit,
            Clock clock) {
        this.home = home;
        this.site = site;
        this.journal = journal;
        this.folders = folders;
        this.claims = claims;
        this.afterCommit = afterCommit;
        this.clock = clock;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        DropContext drop = DropContext.of(exchange);
        DroppedName name = drop.name();
        Path content = drop.dropped().claim();
        OutgoingMessage.Claim claim = claim(exchange, drop);
        Runnable end;
        try {
            end = claims.begin(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        AsyncCallback ended = doneSync -> {
            end.run();
            callback.done(doneSync);
        };
        CompletableFuture<OutgoingMessage> recorded = name.messageId() == null
                ? journal.claimNext(series(exchange), claim, folders.claimPlace(content))
                : journal.claim(name.messageId(), claim, folders.claimPlace(content));
        return afterCommit.then(recorded, exchange, ended, claimed -> {
            journal.move(claimed, id -> {
                Failpoint.LAB_CLAIM_RECORDED.reached();
                folders.takeIn(content, id);
                Failpoint.LAB_CLAIM_MOVED.reached();
            });
            OutgoingContext.message(exchange, claimed);
            LOG.info("{}: claimed by route {} for {}", claimed.messageId(), claim.routeId(), claim.recipients());
        });
    }

    private OutgoingMessage.Claim claim(Exchange exchange, DropContext drop) {
        String contentType = exchange.getProperty(DropContext.CONTENT_TYPE, String.class);
        return new OutgoingMessage.Claim(
                exchange.getFromRouteId(),
                home.nameOf(drop.dropped().root().path()),
                drop.name().fileName(),
                DropContext.BY_NAME.equals(contentType)
                        ? MediaTypes.of(drop.name().extension())
                        : contentType,
                recipients(exchange.getProperty(DropContext.RECIPIENTS, String.class)),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                drop.look());
    }

    private String series(Exchange exchange) {
        return series(site, exchange.getProperty(DropContext.TYPE, String.class), clock);
    }

    private static String series(SiteId site, String type, Clock clock) {
        return site + "_" + type + "_"
                + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE) + "_";
    }

    /** The beginnings of the ids that are assigned today, one for each TYPE. */
    public static List<String> series(SiteId site, Collection<String> types, Clock clock) {
        return types.stream().map(type -> series(site, type, clock)).toList();
    }

    private static List<SiteId> recipients(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).map(SiteId::of).toList();
    }
}
