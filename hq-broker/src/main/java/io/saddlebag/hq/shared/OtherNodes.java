package io.saddlebag.hq.shared;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.NodeList;
import io.saddlebag.hq.store.shared.SeenSites;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All nodes, for the status of one of them, as of the last look that the database answered. For one thread. */
public final class OtherNodes {
    private static final Logger LOG = LoggerFactory.getLogger(OtherNodes.class);

    private final DataSource database;
    private final LiveTopology topology;
    private final SeenSites seen;
    private List<Node> nodes = List.of();
    private Map<SiteId, Instant> lastSeen = Map.of();

    public OtherNodes(DataSource database, LiveTopology topology) {
        this.database = database;
        this.topology = topology;
        this.seen = new SeenSites(database);
    }

    /** @param here the sites that are connected to this node */
    public void look(Collection<SiteId> here) {
        try {
            try (Connection connection = database.getConnection()) {
                nodes = NodeList.read(connection);
            }
            seen.note(here);
            lastSeen = seen.all();
        } catch (SQLException | StoreException e) {
            LOG.debug("the other nodes are looked at later: {}", e.getMessage());
        }
    }

    /** This one included. */
    public List<Node> nodes() {
        return nodes;
    }

    /** When sites were last connected to any node. */
    public Map<SiteId, Instant> lastSeen() {
        return lastSeen;
    }

    /** False while the newest topology has a fault here, so that this node works by another one. */
    public boolean isReady() {
        return !topology.isFaulty();
    }
}
