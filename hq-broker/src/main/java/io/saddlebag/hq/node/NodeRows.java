package io.saddlebag.hq.node;

import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.message.Sha256;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;

/** The rows of {@code hq_node} and the locks of nodes, on a connection of the caller's. */
final class NodeRows {
    /** The first key of the locks of nodes; the second one is the node's id. */
    static final int LOCKS = 6013813;

    /** The lock of {@code n}, which its process holds while it lives. */
    static final String IS_UNHELD = "NOT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database b ON b.oid = l.database"
            + " WHERE b.datname = current_database() AND l.locktype = 'advisory' AND l.granted AND l.classid = " + LOCKS
            + " AND l.objid::bigint = n.node_id AND l.objsubid = 2)";

    private static final String TAKE = "SELECT pg_try_advisory_lock(" + LOCKS + ", ?)";
    private static final String CUT_OWN = "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database b"
            + " ON b.oid = l.database WHERE b.datname = current_database() AND l.locktype = 'advisory' AND l.granted"
            + " AND l.classid = " + LOCKS + " AND l.objid::bigint = ? AND l.objsubid = 2 AND l.pid <> pg_backend_pid()";
    private static final String OF_NAME = "SELECT n.node_id, n.address, n.beat_time::text, " + IS_UNHELD
            + " FROM hq_node n WHERE n.name = ?" + " AND n.ended_time IS NULL";
    private static final String INSERT = "INSERT INTO hq_node (name, slot, address, version, started_time, beat_time)"
            + " SELECT ?, s, ?, ?, now(), now() FROM generate_series(1, " + NodeNumbers.SLOTS + ") s"
            + " WHERE NOT EXISTS (SELECT 1 FROM hq_node n WHERE n.slot = s AND n.ended_time IS NULL)"
            + " ORDER BY s LIMIT 1 RETURNING node_id, slot";
    private static final String BEAT = "UPDATE hq_node SET beat_time = clock_timestamp(),"
            + " topology_sha256 = coalesce(?, topology_sha256) WHERE node_id = ? AND ended_time IS NULL"
            + " RETURNING (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    /** The lock of the row first: it waits for the commits of the node that are under way, and the next ones wait for it. */
    private static final String LOCK = "SELECT 1 FROM hq_node WHERE node_id = ? AND ended_time IS NULL FOR UPDATE";

    /** A commit that is not over by then belongs to a process that hangs in the middle of it. */
    private static final String WAIT_SHORTLY = "SET LOCAL lock_timeout = '1s'";

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            + " current_database() AND application_name = ? AND pid <> pg_backend_pid()";
    private static final String END = "UPDATE hq_node SET ended_time = clock_timestamp() WHERE node_id = ?";

    /** The moment to the microsecond, in a form that no setting of the session changes. */
    private static final String SERVER =
            "SELECT to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC'," + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

    private NodeRows() {}

    /** A node that has not ended, as another one of its name finds it. */
    record Former(long id, String address, String beat, boolean isUnheld) {
        /** True when its process lives, since it gave a sign of life after that look. */
        boolean hasBeatenSince(Former before) {
            return before != null && id == before.id && !beat.equals(before.beat);
        }
    }

    static Optional<Former> ofName(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(OF_NAME)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Former(row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(4)))
                        : Optional.empty();
            }
        }
    }

    /** Adds a node under its lock, in the caller's transaction; empty when no slot is free. */
    static Optional<Node> insert(Connection connection, Node.Facts facts) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, facts.name());
            insert.setString(2, facts.address());
            insert.setString(3, facts.version());
            try (ResultSet row = insert.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Node node = new Node(row.getLong(1), facts.name(), row.getInt(2));
                take(connection, node);
                return Optional.of(node);
            }
        }
    }

    /** Takes the lock of the node for this session; false while another session has it. */
    static boolean take(Connection connection, Node node) throws SQLException {
        try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            take.setInt(1, Math.toIntExact(node.id()));
            try (ResultSet row = take.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Ends the sessions that have the lock: the node's own from before, whose ends the server has not noticed. */
    static void cutOwn(Connection connection, Node node) throws SQLException {
        try (PreparedStatement cut = connection.prepareStatement(CUT_OWN)) {
            cut.setLong(1, node.id());
            cut.execute();
        }
    }

    /**
     * Writes a sign of life and commits it.
     *
     * @param topology null when it has not changed
     * @return the database's clock in microseconds since 1970; empty when the node has ended
     */
    static OptionalLong beat(Connection connection, Node node, Sha256 topology) throws SQLException {
        try (PreparedStatement beat = connection.prepareStatement(BEAT)) {
            beat.setBytes(1, topology == null ? null : topology.bytes());
            beat.setLong(2, node.id());
            try (ResultSet row = beat.executeQuery()) {
                OptionalLong micros = row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
                PostgresTransaction.requireReplicated(beat.getWarnings());
                return micros;
            }
        }
    }

    /** How the sessions of a node are named that commit messages. */
    static String sessions(String name) {
        return "saddlebag-hq " + name;
    }

    /**
     * Ends a node and commits. Sessions of it that hang in the middle of a commit are cut.
     *
     * @return whether it had not ended
     */
    static boolean end(Connection connection, long node, String name) throws SQLException {
        try {
            return endOnce(connection, node);
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            try (PreparedStatement cut = connection.prepareStatement(CUT)) {
                cut.setString(1, sessions(name));
                cut.execute();
            }
            return endOnce(connection, node);
        }
    }

    private static boolean endOnce(Connection connection, long node) throws SQLException {
        connection.setAutoCommit(false);
        try {
            execute(connection, WAIT_SHORTLY);
            boolean isLive;
            try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
                lock.setLong(1, node);
                try (ResultSet row = lock.executeQuery()) {
                    isLive = row.next();
                }
            }
            if (isLive) {
                try (PreparedStatement end = connection.prepareStatement(END)) {
                    end.setLong(1, node);
                    end.executeUpdate();
                }
            }
            PostgresTransaction.commit(connection);
            return isLive;
        } finally {
            leave(connection);
        }
    }

    /** A transaction that was left open is rolled back; a broken connection is the caller's to close. */
    static void leave(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Tells one start of a server from any other. */
    static String server(Connection connection) throws SQLException {
        return text(connection, SERVER);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
