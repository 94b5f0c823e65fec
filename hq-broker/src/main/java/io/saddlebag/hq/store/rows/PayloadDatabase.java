package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.PayloadStore.PayloadsAwayException;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** The database as the payloads see it: its failures are those of a store of payloads. */
record PayloadDatabase(DataSource database) {
    /** Runs the work in a transaction. {@code what} names it: the database could not ... */
    <T> T run(String what, PostgresTransaction.Work<T> work) throws IOException {
        try {
            return PostgresTransaction.run(database, what, work);
        } catch (StoreException e) {
            throw failure(e);
        }
    }

    /**
     * As {@link #run}, without a wait for the disk or the standby: a crash of the database may undo it, never in another
     * order than that of the commits.
     */
    <T> T runLazily(String what, PostgresTransaction.Work<T> work) throws IOException {
        return run(what, connection -> {
            doNotWait(connection);
            return work.in(connection);
        });
    }

    private static void doNotWait(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL synchronous_commit = off");
        }
    }

    <T> List<T> query(
            String what, String sql, PostgresTransaction.Parameters parameters, PostgresTransaction.RowReader<T> reader)
            throws IOException {
        try {
            return PostgresTransaction.query(database, what, sql, parameters, reader);
        } catch (StoreException e) {
            throw failure(e);
        }
    }

    /** As {@link #query}, of what something lasting rests on; see {@link PostgresTransaction#queryReplicated}. */
    <T> List<T> queryReplicated(
            String what, String sql, PostgresTransaction.Parameters parameters, PostgresTransaction.RowReader<T> reader)
            throws IOException {
        try {
            return PostgresTransaction.queryReplicated(database, what, sql, parameters, reader);
        } catch (StoreException e) {
            throw failure(e);
        }
    }

    private static IOException failure(StoreException e) {
        return e.isPassing() ? new PayloadsAwayException(e.getMessage(), e) : new IOException(e.getMessage(), e);
    }
}
