package io.saddlebag.lab.drop;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.scan.DropComponent;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.file.GenericFile;

/**
 * Takes a dropped file out of reach of whoever dropped it, before anything of it is looked at. One that was written to
 * since it was listed goes back.
 */
public final class ClaimDrop implements Processor {
    private final DropClaims claims;
    private final UntakenDrops untaken;
    private final LeaveOutSystemFiles systemFiles;

    public ClaimDrop(DropClaims claims, UntakenDrops untaken, LeaveOutSystemFiles systemFiles) {
        this.systemFiles = Objects.requireNonNull(systemFiles, "system files");
        this.claims = Objects.requireNonNull(claims, "claims");
        this.untaken = Objects.requireNonNull(untaken, "untaken drops");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Dropped listed = DropComponent.droppedOf(exchange.getIn().getBody(GenericFile.class));
        LabExchange.dropped(exchange, listed);
        Dropped claimed = claims.claim(listed);
        LabExchange.dropped(exchange, claimed);
        Failpoint.LAB_CLAIMED.reached();
        untaken.taken(listed);
        try {
            LabExchange.dropped(exchange, claims.secure(claimed));
        } catch (Refusal e) {
            LabExchange.dropped(exchange, claims.whole(claimed));
            throw e;
        }
        if (listed.isHalf()) {
            throw halfGathered(listed);
        }
        systemFiles.outOf(LabExchange.dropped(exchange).claim(), listed.name());
        Path content = LabExchange.dropped(exchange).claim();
        requireAsListed(listed.attributes(), content);
        if (listed.isGroup()) {
            for (Dropped member : listed.members()) {
                requireAsListed(
                        member.attributes(), content.resolve(member.file().getFileName()));
            }
        }
    }

    private static Refusal halfGathered(Dropped group) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected all files of the stem '" + Printable.of(group.name())
                        + "', found some: the site was stopped while it took them. Put these back beside the others"
                        + " (saddlebag retry), before those are sent, or drop all of them again under another stem");
    }

    /** @param listed null of what an earlier run claimed; then it is compared once it is recorded, as all others are too */
    private static void requireAsListed(BasicFileAttributes listed, Path content) throws IOException {
        if (listed == null || !listed.isRegularFile()) {
            return;
        }
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(content, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException ofAGroup) {
            // Taken away by whoever dropped it, before it was claimed.
            return;
        }
        if (now.isRegularFile() && !FileLook.of(now).equals(FileLook.of(listed))) {
            throw new StillWrittenException(FileLook.of(listed), FileLook.of(now));
        }
    }
}
