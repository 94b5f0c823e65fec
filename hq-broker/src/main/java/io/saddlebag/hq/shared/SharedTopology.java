package io.saddlebag.hq.shared;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.TopologyStore;
import io.saddlebag.hq.store.shared.TopologyStore.Stored;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology of all nodes, which is in their database. The first node brings it from its home. The file of a home follows
 * the database, unless a person has edited it: then it is warned of and left alone. Calls block; one thread at a time.
 */
public final class SharedTopology {
    private static final Logger LOG = LoggerFactory.getLogger(SharedTopology.class);

    private final LiveTopology live;
    private final TopologyStore store;
    private final Path file;
    private Consumer<Stored> taken = stored -> {};
    private Stored good;
    private long lookedUpTo;
    private Sha256 warnedOf;

    private SharedTopology(LiveTopology live, TopologyStore store, Path file, Stored newest) {
        this.live = live;
        this.store = store;
        this.file = file;
        this.good = newest;
        this.lookedUpTo = newest.version();
    }

    /**
     * Takes up the topology in the database, which gets that of this home when it has none.
     *
     * @param live has the home's own
     * @param node its name
     * @throws SiteStartException when it has a fault, or an ordered queue
     */
    public static SharedTopology open(LiveTopology live, TopologyStore store, Path file, String node)
            throws SiteStartException {
        try {
            if (store.newest().isEmpty()) {
                LiveTopology.requireUnordered(file.toString(), live.current());
                store.add(1, Files.readAllBytes(file), "node " + node);
            }
            SharedTopology shared =
                    new SharedTopology(live, store, file, store.newest().orElseThrow());
            live.beginOfNodes(shared.good.place(), shared.good.yaml());
            shared.lookAtFile();
            return shared;
        } catch (StoreException | IOException e) {
            throw new SiteStartException("The topology of the nodes cannot be read: " + e.getMessage(), e);
        }
    }

    /** @param listener hears of each one that is taken up from now on */
    public void onChange(Consumer<Stored> listener) {
        taken = listener;
    }

    /** @param version the one in the database */
    synchronized void takeUp(long version) throws StoreException {
        if (version <= lookedUpTo) {
            return;
        }
        Stored newest = store.newest().orElseThrow();
        if (newest.version() < version) {
            // A former primary said so; the next look asks again.
            return;
        }
        live.takeUp(newest.place(), newest.yaml());
        lookedUpTo = newest.version();
        if (!live.isFaulty()) {
            good = newest;
            taken.accept(newest);
            lookAtFile();
        }
    }

    /** A file that was the topology once follows; an edited one is warned of once. */
    public synchronized void lookAtFile() throws StoreException {
        try {
            Sha256 found = Files.exists(file) ? Sha256.of(Files.readAllBytes(file)) : null;
            if (good.sha256().equals(found) || found != null && found.equals(warnedOf)) {
                return;
            }
            if (found == null || store.isKnown(found)) {
                PrivateFiles.replacePublic(file, good.yaml());
                return;
            }
            warnedOf = found;
            LOG.warn(
                    "{}: differs from the topology of the nodes, version {} by {}, and is not taken up. To make it theirs:"
                            + " saddlebag topology {}",
                    file,
                    good.version(),
                    good.changedBy(),
                    file);
        } catch (IOException e) {
            LOG.debug("{} does not follow the database: {}", file, FaultText.of(e));
        }
    }
}
