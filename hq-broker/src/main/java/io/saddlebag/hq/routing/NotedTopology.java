package io.saddlebag.hq.routing;

import io.saddlebag.hq.store.shared.TopologyStore.Stored;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.oplog.Operator;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each topology that is taken up into the operator journal. Nobody says who edited the file, so that its owner counts
 * as the operator. For one thread at a time.
 */
public final class NotedTopology implements Consumer<Topology> {
    private static final Logger LOG = LoggerFactory.getLogger(NotedTopology.class);

    private final SiteHome home;
    private final Path file;
    private final CurrentIdentity identity;
    private final Clock clock;

    public NotedTopology(SiteHome home, Path file, CurrentIdentity identity, Clock clock) {
        this.home = home;
        this.file = file;
        this.identity = identity;
        this.clock = clock;
    }

    @Override
    public void accept(Topology changed) {
        try {
            note(Files.getOwner(file).getName(), home.nameOf(file), "SHA-256 " + Sha256.of(Files.readAllBytes(file)));
        } catch (IOException e) {
            notNoted(e);
        }
    }

    /** Notes one that the nodes share. */
    public void accept(Stored changed) {
        try {
            note(changed.changedBy(), changed.place(), "SHA-256 " + changed.sha256());
        } catch (IOException e) {
            notNoted(e);
        }
    }

    private void note(String by, String name, String digest) throws IOException {
        new OperatorJournal(home, identity.now(), new Operator(by, null), clock)
                .append("topology", List.of(name, digest), null);
    }

    private void notNoted(IOException fault) {
        LOG.warn("{}: taken up, and not in the operator journal: {}", file, Printable.reason(FaultText.of(fault)));
    }
}
