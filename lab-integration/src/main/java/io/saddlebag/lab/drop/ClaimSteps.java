package io.saddlebag.lab.drop;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.lab.claim.ChangeLook;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.NotTakenException;
import io.saddlebag.lab.claim.NotTakenException.Kind;
import io.saddlebag.lab.claim.Removal;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.lab.scan.DropComponent;
import io.saddlebag.lab.scan.SettledFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that claim a dropped file, and those that end a claim when the file becomes no message. */
public final class ClaimSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimSteps.class);

    private final DropClaims claims;
    private final UntakenDrops untaken;
    private final LeaveOutSystemFiles systemFiles;
    private final SettledFiles settled;
    private final LabFolders folders;
    private final LeftInPlace leftInPlace;
    private final Duration pause;

    public ClaimSteps(
            DropClaims claims,
            UntakenDrops untaken,
            LeaveOutSystemFiles systemFiles,
            SettledFiles settled,
            LabFolders folders,
            LeftInPlace leftInPlace,
            Duration pause) {
        this.claims = claims;
        this.untaken = untaken;
        this.systemFiles = systemFiles;
        this.settled = settled;
        this.folders = folders;
        this.leftInPlace = leftInPlace;
        this.pause = pause;
    }

    /**
     * Takes a dropped file out of reach of whoever dropped it, before anything looks at its content. A file that was
     * written to since it was listed goes back.
     */
    public void claim(Exchange exchange) throws IOException {
        GenericFile<?> offered = exchange.getIn().getBody(GenericFile.class);
        Dropped listed = DropComponent.droppedOf(offered);
        DropRules rules = DropComponent.rulesOf(offered);
        DropContext drop = DropContext.begin(exchange, listed);
        Dropped claimed = take(listed, rules);
        drop.moved(claimed);
        Failpoint.LAB_CLAIMED.reached();
        untaken.taken(listed);
        try {
            drop.moved(claims.secure(claimed));
        } catch (Refusal e) {
            drop.moved(claims.whole(claimed));
            throw e;
        }
        if (listed.isHalf()) {
            throw halfGathered(listed);
        }
        Path content = drop.dropped().claim();
        BasicFileAttributes now = look(content);
        if (now.isDirectory()) {
            systemFiles.outOf(content, listed.name(), rules);
        }
        requireAsListed(listed.attributes(), now);
        if (listed.isGroup()) {
            for (Dropped member : listed.members()) {
                Path file = content.resolve(member.file().getFileName());
                // A member that is not there was taken away by whoever dropped it, before it was claimed.
                if (AtomicFiles.isThere(file)) {
                    requireAsListed(member.attributes(), look(file));
                }
            }
        }
    }

    /** Renames it, or copies it when its route says so, or when it may be read and not removed. */
    private Dropped take(Dropped listed, DropRules rules) throws IOException {
        if (listed.isClaimed() || !rules.copies() && !Removal.isRefusedWithin(listed)) {
            try {
                return claims.claim(listed);
            } catch (IOException e) {
                if (!Removal.isRefused(e)) {
                    throw e;
                }
            }
        }
        List<ChangeLook> before = leftInPlace.look(listed, rules);
        Dropped copied = claims.claimCopy(listed, rules);
        try {
            leftInPlace.copied(listed, before, rules);
        } catch (IOException | RuntimeException e) {
            claims.discard(copied);
            throw e;
        }
        return copied;
    }

    private static BasicFileAttributes look(Path content) throws IOException {
        return Files.readAttributes(content, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Refusal halfGathered(Dropped group) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected all files of the stem '" + Printable.of(group.name())
                        + "', found some: the site was stopped while it took them. Put these back beside the others"
                        + " (saddlebag retry), before those are sent, or drop all of them again under another stem");
    }

    /**
     * @param listed null of a claim of an earlier run; such a file is compared once it is recorded, as all others are
     */
    private static void requireAsListed(BasicFileAttributes listed, BasicFileAttributes now) throws IOException {
        if (listed != null
                && listed.isRegularFile()
                && now.isRegularFile()
                && !FileLook.of(now).equals(FileLook.of(listed))) {
            throw new StillWrittenException(FileLook.of(listed), FileLook.of(now));
        }
    }

    /** Puts a dropped file that was refused among the failed ones, with the reason. */
    public void refuse(Exchange exchange) throws IOException {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        DropContext drop = DropContext.of(exchange);
        MessageId messageId = drop.name() == null ? null : drop.name().messageId();
        folders.failed().keep(drop.dropped(), messageId, refusal);
        LOG.warn(
                "{}: refused ({}): {}",
                messageId == null ? Printable.of(drop.dropped().name()) : messageId,
                refusal.code().text(),
                refusal.reason());
    }

    /**
     * Leaves a dropped file in its present place when it cannot be dealt with now, and has it offered again later. That
     * is its drop folder when it cannot be claimed, and the claims when this site's own disk made trouble. A file that
     * is still being written goes back into its drop folder.
     */
    public void hold(Exchange exchange) {
        Dropped dropped = DropContext.of(exchange).dropped();
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Kind kind = failure instanceof NotTakenException notTaken ? notTaken.kind() : null;
        if (kind == Kind.CHANGED_MEANWHILE) {
            LOG.info("{}: {}; taken when it is complete", Printable.of(dropped.name()), failure.getMessage());
        } else if (kind == Kind.UNTAKEABLE || !dropped.isClaimed()) {
            leave(dropped, failure);
        } else if (failure instanceof StillWrittenException) {
            putBack(dropped, failure);
        } else if (kind != Kind.COPY_HANGS) {
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
            return dropped.isGroup()
                    ? dropped.members().stream().allMatch(ClaimSteps::isGone)
                    : dropped.root().look(dropped.file()) == null;
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
                Printable.reason(FaultText.of(failure)));
    }

    /** Removes the markers of a dropped file or folder that has been dealt with, and the rest of its claim. */
    public void removeMarker(Exchange exchange) throws IOException {
        Dropped dropped = DropContext.of(exchange).dropped();
        claims.end(dropped);
        for (Path marker : dropped.markers()) {
            try {
                dropped.root().deleteMarker(marker);
            } catch (IOException e) {
                if (!Removal.isRefused(e)) {
                    throw e;
                }
                LOG.debug("{}: stays with what it marked", marker, e);
            }
        }
    }
}
