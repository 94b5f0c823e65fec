package io.saddlebag.hq.store.shared;

import io.saddlebag.observe.SiteStatus.Node;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The nodes on a database, as each of them and a command see them. Reads only. */
public final class NodeList {
    /** A node that has ended and not started again is forgotten after this time. */
    public static final Duration FORGOTTEN = Duration.ofDays(1);
    /** A node without a beat for so long does no work. */
    static final Duration SILENT = Duration.ofSeconds(8);

    static final String SELECT =
            "SELECT DISTINCT ON (n.name) n.name, n.address, n.version, n.started_time, n.beat_time,"
                    + " n.ended_time, extract(epoch FROM clock_timestamp() - n.beat_time),"
                    + " n.topology_sha256 = (SELECT t.sha256 FROM topology t ORDER BY t.version DESC LIMIT 1)"
                    + " FROM hq_node n WHERE n.ended_time IS NULL OR n.ended_time > now() - interval '"
                    + FORGOTTEN.toSeconds() + " seconds' ORDER BY n.name, n.node_id DESC";

    private NodeList() {}

    /** The last start of each, by name. */
    public static List<Node> read(Connection connection) throws SQLException {
        List<Node> nodes = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Timestamp ended = row.getTimestamp(6);
                double age = row.getDouble(7);
                nodes.add(new Node(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        state(ended != null, age, row.getBoolean(8)),
                        row.getTimestamp(4).toInstant(),
                        age,
                        ended == null ? null : ended.toInstant()));
            }
        }
        return nodes;
    }

    private static String state(boolean isEnded, double beatAge, boolean hasNewestTopology) {
        if (isEnded) {
            return "ended";
        }
        return beatAge > SILENT.toSeconds() ? "silent" : hasNewestTopology ? "ready" : "behind";
    }
}
