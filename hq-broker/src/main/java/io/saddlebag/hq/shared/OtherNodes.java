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
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All nodes, for the status of one of them, as of the last look that the database answered. For one thread. */
public final class OtherNodes {
    private static final Logger LOG = LoggerFactory.getLogger(OtherNodes.class);

    private final DataSource database;
    private final LiveTopology topology;
    private final BooleanSupplier isAway;
    private final SeenSites seen;
    private List<Node> nodes = List.of();
    private Map<SiteId, Instant> lastSeen = Map.of();

    /** @param isAway whether this node has lost its hold on the database */
    public OtherNodes(DataSource database, LiveTopology topology, BooleanSupplier isAway) {
        this.database = database;
        this.topology = topology;
        this.isAway = isAway;
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

    /** False while this node is away from the database, or the newest topology has a fault here and is not worked by. */
    public boolean isReady() {
        return !topology.isFaulty() && !isAway.getAsBoolean();
    }
}
