package io.saddlebag.hq.store;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;

/** Tells failures of the database that pass from those that stay. */
final class SqlFailures {
    /**
     * Classes of SQLSTATE: connection, transaction rollback, resources, operator, system.
     *
     * @see <a href="https://www.postgresql.org/docs/17/errcodes-appendix.html">PostgreSQL error codes</a>
     */
    private static final List<String> PASSING_CLASSES = List.of("08", "40", "53", "57", "58");

    private SqlFailures() {}

    static StoreException asStoreException(String what, SQLException cause) {
        return new StoreException("The database could not " + what + ": " + cause.getMessage(), cause, passes(cause));
    }

    static boolean passes(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTransientException
                || state == null
                || PASSING_CLASSES.stream().anyMatch(state::startsWith);
    }
}
