package io.saddlebag.hq.node;

import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.hq.store.sql.QueuedRows;
import io.saddlebag.hq.store.sql.SettlementRows;
import io.saddlebag.hq.store.sql.SqlFailures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** The nodes in PostgreSQL. Safe for any number of threads. */
public final class PostgresNodes implements Nodes {
    private static final String LOOK =
            "SELECT n.node_id, n.name, " + NodeRows.IS_UNHELD + " FROM hq_node n WHERE n.ended_time IS NULL";

    /** In the words of the index of what waits at nodes. */
    private static final String OF_NODES = "d.node <> 0 AND " + SettlementRows.WAITS;

    private static final String IS_LIVE = "(SELECT 1 FROM hq_node n WHERE n.node_id = %s AND n.ended_time IS NULL)";

    /** From one node to the next in the index, whatever the number of their deliveries. */
    private static final String LEFT = "WITH RECURSIVE present (node) AS ((SELECT d.node FROM delivery_held d WHERE "
            + OF_NODES
            + " ORDER BY d.node LIMIT 1) UNION ALL SELECT (SELECT d.node FROM delivery_held d WHERE d.node > p.node"
            + " AND " + OF_NODES + " ORDER BY d.node LIMIT 1) FROM present p WHERE p.node IS NOT NULL)"
            + " SELECT p.node, (SELECT count(*) FROM delivery_held d WHERE d.node = p.node AND " + OF_NODES + ")"
            + " FROM present p WHERE p.node IS NOT NULL AND NOT EXISTS " + IS_LIVE.formatted("p.node");

    private static final String FENCE = "SELECT hq_fence(?)::text";
    /** In an order that the index of what waits at nodes alone gives. */
    private static final String CHOOSE = QueuedRows.SELECT + "d.node >= ? AND d.node <= ? AND " + OF_NODES
            + " ORDER BY d.node, d.queue_name, d.priority, d.message_number LIMIT ? FOR UPDATE OF d SKIP LOCKED";

    private static final String OF_KEYS = " IN (SELECT * FROM unnest(?::bigint[], ?::text[]))";
    private static final String TAKE =
            "UPDATE delivery_held d SET node = ? WHERE (d.message_number, d.queue_name)" + OF_KEYS + " RETURNING 1";

    /** The adoption brings what an operator requeued meanwhile. */
    private static final String FORGET_CHANGES =
            "DELETE FROM operator_change c WHERE (c.message_number, c.queue_name)" + OF_KEYS + " RETURNING 1";

    private static final String OWN_ROW = "SELECT 1 FROM hq_node WHERE node_id = ? AND ended_time IS NULL FOR UPDATE";
    private static final String ADOPTED =
            QueuedRows.SELECT + "(d.message_number, d.queue_name)" + OF_KEYS + " AND d.node = ? AND " + OF_NODES;

    private final DataSource database;

    /** @param database gives working connections; the schema is migrated */
    public PostgresNodes(DataSource database) {
        this.database = database;
    }

    /** How the sessions are named that commit what the node takes in. */
    public static String sessions(String name) {
        return NodeRows.sessions(name);
    }

    /** The deliveries of a headquarters that is no node, whether they wait or are dead letters. */
    public static long heldBySingle(DataSource database) throws StoreException {
        return held(database, "SELECT count(*) FROM delivery_held WHERE node = 0");
    }

    /** The deliveries of nodes. A database without nodes is not searched. */
    public static long heldByNodes(DataSource database) throws StoreException {
        return held(database, "SELECT 1 FROM hq_node LIMIT 1") == 0
                ? 0
                : held(database, "SELECT count(*) FROM delivery_held WHERE node <> 0");
    }

    private static long held(DataSource database, String sql) throws StoreException {
        return PostgresTransaction.query(
                        database, "look for deliveries of others", sql, parameters -> {}, row -> row.getLong(1))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    @Override
    public Look look() throws StoreException {
        String what = "look at the nodes";
        List<Seen> seen = PostgresTransaction.query(database, what, LOOK, parameters -> {}, PostgresNodes::seen);
        if (seen.stream().anyMatch(Seen::isUnheld)) {
            // At a primary that was deposed while it hung nobody holds a lock any more.
            seen = PostgresTransaction.queryReplicated(database, what, LOOK, parameters -> {}, PostgresNodes::seen);
        }
        return new Look(
                seen.size(), seen.stream().filter(Seen::isUnheld).collect(Collectors.toMap(Seen::id, Seen::name)));
    }

    private record Seen(long id, String name, boolean isUnheld) {}

    private static Seen seen(ResultSet row) throws SQLException {
        return new Seen(row.getLong(1), row.getString(2), row.getBoolean(3));
    }

    @Override
    public boolean end(long node, String name) throws StoreException {
        try (Connection connection = database.getConnection()) {
            return NodeRows.end(connection, node, name);
        } catch (SQLException e) {
            throw SqlFailures.asStoreException("end a node", e);
        }
    }

    @Override
    public Map<Long, Long> left() throws StoreException {
        Map<Long, Long> left = new HashMap<>();
        PostgresTransaction.query(
                database,
                "look for what ended nodes left",
                LEFT,
                parameters -> {},
                row -> left.put(row.getLong(1), row.getLong(2)));
        return left;
    }

    @Override
    public void adopt(long from, long by, int limit, Collection<? super QueuedDelivery> chosen) throws StoreException {
        PostgresTransaction.run(database, "adopt what an ended node left", connection -> {
            PostgresTransaction.query(connection, FENCE, parameters -> parameters.bigint(by), row -> row.getString(1));
            List<QueuedDelivery> found = PostgresTransaction.query(
                    connection,
                    CHOOSE,
                    parameters -> parameters.bigint(from).bigint(from).bigint(limit),
                    QueuedRows::of);
            chosen.addAll(found);
            PostgresTransaction.query(
                    connection,
                    TAKE,
                    parameters -> parameters
                            .bigint(by)
                            .bigints(found, QueuedDelivery::messageNumber)
                            .texts(found, QueuedDelivery::queueName),
                    row -> row.getInt(1));
            return PostgresTransaction.query(
                    connection,
                    FORGET_CHANGES,
                    parameters -> parameters
                            .bigints(found, QueuedDelivery::messageNumber)
                            .texts(found, QueuedDelivery::queueName),
                    row -> row.getInt(1));
        });
    }

    @Override
    public List<QueuedDelivery> adopted(long by, Collection<QueuedDelivery> deliveries) throws StoreException {
        return PostgresTransaction.run(database, "look up what was adopted", connection -> {
            PostgresTransaction.query(connection, OWN_ROW, parameters -> parameters.bigint(by), row -> row.getLong(1));
            return PostgresTransaction.query(
                    connection,
                    ADOPTED,
                    parameters -> parameters
                            .bigints(deliveries, QueuedDelivery::messageNumber)
                            .texts(deliveries, QueuedDelivery::queueName)
                            .bigint(by),
                    QueuedRows::of);
        });
    }
}
