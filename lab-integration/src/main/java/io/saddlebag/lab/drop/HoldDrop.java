package io.saddlebag.lab.drop;

import io.saddlebag.lab.claim.ChangedMeanwhileException;
import io.saddlebag.lab.claim.CopyHangsException;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.UntakeableException;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.scan.SettledFiles;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a dropped file where it is when it cannot be dealt with now, and has it offered again later: in its drop folder
 * when it cannot be claimed, among the claims when this site's own disk made trouble. One that is still being written goes
 * back into its drop folder.
 */
public final class HoldDrop implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(HoldDrop.class);

    private final SettledFiles settled;
    private final LabFolders folders;
    private final DropClaims claims;
    private final UntakenDrops untaken;
    private final Duration pause;

    public HoldDrop(SettledFiles settled, LabFolders folders, DropClaims claims, UntakenDrops untaken, Duration pause) {
        this.settled = Objects.requireNonNull(settled, "settled files");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.claims = Objects.requireNonNull(claims, "claims");
        this.untaken = Objects.requireNonNull(untaken, "untaken drops");
        this.pause = Objects.requireNonNull(pause, "pause");
    }

    @Override
    public void process(Exchange exchange) {
        Dropped dropped = LabExchange.dropped(exchange);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        String name = Printable.of(dropped.name());
        if (failure instanceof ChangedMeanwhileException) {
            LOG.info("{}: {}; taken when it is complete", name, failure.getMessage());
        } else if (failure instanceof UntakeableException || !dropped.isClaimed()) {
            leave(dropped, failure);
        } else if (failure instanceof StillWrittenException) {
            putBack(dropped, failure);
        } else if (!(failure instanceof CopyHangsException)) {
            keepClaimed(dropped, failure);
        }
    }

    private void leave(Dropped dropped, Exception failure) {
        if (isGone(dropped)) {
            LOG.info(
                    "{}: taken out of its drop folder before this site took it; nothing of it is sent",
                    Printable.of(dropped.name()));
        } else {
            settled.holdOff(dropped.watchedAs(), untaken.failed(dropped, failure));
        }
    }

    private static boolean isGone(Dropped dropped) {
        try {
            if (dropped.isGroup()) {
                for (Dropped member : dropped.members()) {
                    if (!isGone(member)) {
                        return false;
                    }
                }
                return true;
            }
            return dropped.root().look(dropped.file()) == null;
        } catch (IOException e) {
            return false;
        }
    }

    private void putBack(Dropped dropped, Exception failure) {
        try {
            if (dropped.isGroup()) {
                folders.putBackGroup(dropped);
                claims.end(dropped);
                LOG.info(
                        "{}: {}; its files are put back, to be taken when all are complete",
                        Printable.of(dropped.name()),
                        failure.getMessage());
                return;
            }
            Path put = folders.putBack(dropped.claim(), dropped.root().path(), dropped.name(), null);
            claims.end(dropped);
            LOG.info(
                    "{}: {}; put back as {}, to be taken when it is complete",
                    Printable.of(dropped.name()),
                    failure.getMessage(),
                    Printable.of(put.toString()));
        } catch (IOException | Refusal e) {
            keepClaimed(dropped, e);
        }
    }

    private void keepClaimed(Dropped dropped, Exception failure) {
        dropped.root().later(dropped, pause);
        LOG.error(
                "{}: stays claimed in {}, tried again in {} s: {}",
                Printable.of(dropped.name()),
                Printable.of(dropped.claim().toString()),
                pause.toSeconds(),
                Printable.of(failure.toString()));
    }
}
