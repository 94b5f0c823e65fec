package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.log.FaultText;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;

/** Tells failures of the database that pass from those that stay. */
public final class SqlFailures {
    /**
     * Classes of SQLSTATE: connection, transaction rollback, resources, operator, system.
     *
     * @see <a href="https://www.postgresql.org/docs/17/errcodes-appendix.html">PostgreSQL error codes</a>
     */
    private static final List<String> PASSING_CLASSES = List.of("08", "40", "53", "57", "58");

    /** A lock was waited for too long: the session that has it is about to end. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A page that does not match its checksum, or an index that does not match its table. */
    private static final Set<String> DAMAGE = Set.of("XX001", "XX002");

    private static final String DAMAGED = ". The database is damaged: look at its disk, and put back the newest back-up"
            + " of this headquarters, database and spool together";

    private static final String DISK_FULL = "53100";
    private static final String FULL =
            ". PostgreSQL's disk is full: make room there. Until then no message is taken in";

    private SqlFailures() {}

    public static StoreException asStoreException(String what, SQLException cause) {
        String remedy = isDamage(cause) ? DAMAGED : DISK_FULL.equals(cause.getSQLState()) ? FULL : "";
        return new StoreException(
                "The database could not " + what + ": " + FaultText.of(cause) + remedy, cause, passes(cause));
    }

    private static boolean isDamage(SQLException failure) {
        return failure.getSQLState() != null && DAMAGE.contains(failure.getSQLState());
    }

    public static boolean passes(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTransientException
                || state == null
                || state.equals(LOCK_NOT_AVAILABLE)
                || PASSING_CLASSES.stream().anyMatch(state::startsWith);
    }
}
