package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs statements in a transaction of its own, and gives the connection back clean. */
final class PostgresTransaction {
    private PostgresTransaction() {}

    /** The work on a connection with a transaction open. */
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /**
     * Runs the work and commits.
     *
     * @param what names it in the exception: the database could not ...
     */
    static <T> T run(DataSource database, String what, Work<T> work) throws StoreException {
        return runCommitting(database, what, connection -> {
            T result = work.in(connection);
            connection.commit();
            return result;
        });
    }

    /** As {@link #run}, of work that commits itself, along with its last statement. */
    static <T> T runCommitting(DataSource database, String what, Work<T> work) throws StoreException {
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

    /** The pool itself discards a broken connection. */
    private static void leave(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Waits for a commit on another connection, so that one whose connection broke is over. */
    static void takeTurn(Connection connection) throws SQLException {
        try (PreparedStatement turn = connection.prepareStatement(PublicationRows.TAKE_TURN)) {
            turn.execute();
        }
    }
}
