package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** Runs statements, alone or in a transaction, and gives the connection back clean. */
public final class PostgresTransaction {
    /** A warning, and the end of the session. */
    private static final Set<String> CANCELLED_WAITS = Set.of("01000", "57P01");
    /** Class 08: the connection failed, and what became of the transaction is unknown. */
    private static final String UNKNOWN = "08007";

    private PostgresTransaction() {}

    /** The work on a connection with a transaction open. */
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /** Fills the parameters of a statement. */
    public interface Parameters {
        void fill(SqlArrays parameters) throws SQLException;
    }

    /** Makes one value of a result set's current row. */
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** As {@link #query(Connection, String, Parameters, RowReader)}, of a statement that is its own transaction. */
    public static <T> List<T> query(
            DataSource database, String what, String sql, Parameters parameters, RowReader<T> reader)
            throws StoreException {
        try (Connection connection = database.getConnection()) {
            return query(connection, sql, parameters, reader);
        } catch (SQLException e) {
            throw SqlFailures.asStoreException(what, e);
        }
    }

    /**
     * As {@link #query(DataSource, String, String, Parameters, RowReader)}, of what something lasting rests on: a site's
     * answer, or that a row is gone. A primary that was deposed while it hung still answers questions, from what it had and
     * from what its standby never got. It cannot commit, and this does, once the standby has all that was read.
     */
    public static <T> List<T> queryReplicated(
            DataSource database, String what, String sql, Parameters parameters, RowReader<T> reader)
            throws StoreException {
        return run(database, what, connection -> {
            awaitStandby(connection);
            return query(connection, sql, parameters, reader);
        });
    }

    /** Runs a statement and reads every row that it gives. */
    public static <T> List<T> query(Connection connection, String sql, Parameters parameters, RowReader<T> reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.fill(new SqlArrays(connection, statement));
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        }
    }

    /**
     * Runs the work and commits. A commit that gave up the wait for a synchronous standby is in doubt, and fails.
     *
     * @param what names it in the exception: the database could not ...
     */
    public static <T> T run(DataSource database, String what, Work<T> work) throws StoreException {
        return runCommitting(database, what, connection -> {
            T result = work.in(connection);
            commit(connection);
            return result;
        });
    }

    /** Has the commit of this transaction wait for the standby, which may lack what others committed, though it changes nothing. */
    public static void awaitStandby(Connection connection) throws SQLException {
        try (PreparedStatement emit =
                connection.prepareStatement("SELECT pg_logical_emit_message(true, 'saddlebag', '')")) {
            emit.execute();
        }
    }

    /** As {@link #run}, of work that commits itself, along with its last statement. */
    public static <T> T runCommitting(DataSource database, String what, Work<T> work) throws StoreException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                return work.in(connection);
            } finally {
                leave(connection);
            }
        } catch (SQLException e) {
            throw SqlFailures.asStoreException(what, e);
        }
    }

    /** Commits, and is in doubt when the standby may not have it. */
    public static void commit(Connection connection) throws SQLException {
        connection.clearWarnings();
        connection.commit();
        requireReplicated(connection.getWarnings());
    }

    /**
     * A commit that no longer waits for the standby, since somebody cancelled it, ends with a warning alone.
     *
     * @param warning of the statement that committed; null for none
     * @throws SQLException of the kind whose outcome is unknown
     */
    public static void requireReplicated(SQLWarning warning) throws SQLException {
        for (SQLWarning each = warning; each != null; each = each.getNextWarning()) {
            if (CANCELLED_WAITS.contains(each.getSQLState())) {
                throw new SQLException(
                        "The commit may not have reached the standby: " + each.getMessage(), UNKNOWN, each);
            }
        }
    }

    /** The pool itself discards a broken connection. */
    private static void leave(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /**
     * Waits for a commit on another connection, so that one whose connection broke is over. A node's transaction fails when the
     * node has ended, and cannot be outlived by it.
     */
    static void takeTurn(Connection connection, Home home) throws SQLException {
        try (PreparedStatement turn = connection.prepareStatement(PublicationRows.takeTurn(home))) {
            turn.execute();
        }
    }
}
