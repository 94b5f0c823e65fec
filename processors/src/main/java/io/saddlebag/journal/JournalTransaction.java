package io.saddlebag.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Changes to a journal that are made together or not at all. For whoever holds the connection's monitor. */
final class JournalTransaction {
    private JournalTransaction() {}

    /** Part of a transaction. Where it failed with others it may be run again by itself. */
    @FunctionalInterface
    interface Change {
        void run() throws SQLException;
    }

    /**
     * Runs the changes one after the other and commits them with one sync; the connection is in auto-commit mode before
     * and after. When one of them throws, none is made.
     *
     * @throws SQLException of a change or of the commit
     */
    static void commit(Connection connection, List<? extends Change> changes) throws SQLException {
        connection.setAutoCommit(false);
        try {
            for (Change change : changes) {
                change.run();
            }
            connection.commit();
            connection.setAutoCommit(true);
        } catch (Throwable e) {
            undo(connection, e);
            throw e;
        }
    }

    /**
     * After a failed commit SQLite may have rolled back by itself; an error of the rollback must not hide the cause.
     */
    private static void undo(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
