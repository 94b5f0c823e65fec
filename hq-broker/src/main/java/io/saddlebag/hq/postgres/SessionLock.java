package io.saddlebag.hq.postgres;

import io.saddlebag.log.FaultText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a database for one headquarters: a session advisory lock on a connection of its own, for as long as the process
 * lives. The end of that connection is noticed without delay, and the lock is taken again as soon as the database
 * answers. When another session has it by then, this headquarters must end. {@link #term} may be asked by any thread.
 *
 * @see <a href="https://www.postgresql.org/docs/17/explicit-locking.html#ADVISORY-LOCKS">Advisory locks</a>
 */
public final class SessionLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLock.class);
    /** The key of the lock. Several headquarters that share a database hold it shared, so that they exclude a single one. */
    public static final int KEY = 6013812;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** The time that a start waits for the session of a killed headquarters, whose end the server may notice late. */
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int LISTEN_MILLIS = 1_000;
    private static final String TAKE = "SELECT pg_try_advisory_lock(" + KEY + ")";
    private static final String OWN =
            "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()";
    private static final String HOLDER =
            "SELECT a.pid, a.backend_start::text, coalesce(host(a.client_addr), 'its host')"
                    + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_database d ON d.oid = l.database"
                    + " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = " + KEY
                    + " AND d.datname = current_database() LIMIT 1";

    private final Opening opening;
    private final Listener listener;
    private final Thread thread = new Thread(this::watch, "database-lock");
    private Connection connection;
    private Session own;
    private long terms;
    private volatile long term;
    private volatile boolean closed;

    /** Makes the lock's own connection. */
    @FunctionalInterface
    public interface Opening {
        Connection open() throws SQLException;
    }

    /** Hears of the lock on its thread; may block. */
    public interface Listener {
        /** The connection is lost, and with it the lock. */
        void lost(String reason);

        /**
         * The lock is there again and nothing was done under it yet.
         *
         * @throws SQLException when the database does not answer: the lock counts as lost still
         * @throws PostgresException when this headquarters must end
         */
        void takenAgain() throws SQLException, PostgresException;

        /** It is held again. */
        void atWork();

        /** This headquarters must end. */
        void failed(String reason);
    }

    /** A session of the database's, told apart from a later one with the same process id. */
    private record Session(int pid, String begun, String host) {
        boolean isSame(Session other) {
            return other != null && pid == other.pid && begun.equals(other.begun);
        }
    }

    private SessionLock(Opening opening, Listener listener) {
        this.opening = opening;
        this.listener = listener;
        thread.setDaemon(true);
    }

    /**
     * Takes the lock; waits a few seconds for a session that is just ending.
     *
     * @throws PostgresException when another headquarters has it, or the database cannot be reached
     */
    public static SessionLock take(Opening opening, Listener listener) throws PostgresException {
        SessionLock lock = new SessionLock(opening, listener);
        long deadline = System.nanoTime() + START_NANOS;
        boolean isToldOf = false;
        try {
            while (!lock.tryTake()) {
                Session holder = holder(lock.connection);
                lock.disconnect();
                if (System.nanoTime() > deadline) {
                    throw held(holder);
                }
                if (!isToldOf) {
                    LOG.warn(
                            "database is held by another headquarters, {}; waits up to {} s for it to end",
                            describe(holder),
                            TimeUnit.NANOSECONDS.toSeconds(START_NANOS));
                    isToldOf = true;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        } catch (SQLException e) {
            lock.disconnect();
            throw new PostgresException("The database cannot be reached: " + FaultText.of(e), e);
        }
        lock.term = ++lock.terms;
        lock.thread.start();
        return lock;
    }

    private static PostgresException held(Session holder) {
        return new PostgresException("Expected the database for this headquarters alone, found it held by another, "
                + describe(holder)
                + ". Stop that one, or name a database of its own for this one in hq.database.url."
                + " Several share one only as nodes: each needs hq.node");
    }

    private static String describe(Session holder) {
        return holder == null
                ? "which has just ended"
                : "database session pid " + holder.pid() + " from " + holder.host() + " since " + holder.begun();
    }

    /** A number that changes whenever the lock was lost and taken again; 0 while it is lost. */
    public long term() {
        return term;
    }

    private boolean tryTake() throws SQLException {
        connection = opening.open();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(TAKE)) {
                row.next();
                if (!row.getBoolean(1)) {
                    return false;
                }
            }
            try (ResultSet row = statement.executeQuery(OWN)) {
                row.next();
                own = new Session(row.getInt(1), row.getString(2), "");
            }
            return true;
        }
    }

    /** Its holder, for a person. */
    public static String describeHolder(Connection connection) throws SQLException {
        return describe(holder(connection));
    }

    /** Null when no session holds it. */
    private static Session holder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HOLDER)) {
            return row.next() ? new Session(row.getInt(1), row.getString(2), row.getString(3)) : null;
        }
    }

    private void watch() {
        try {
            while (!closed) {
                if (term == 0) {
                    takeAgain();
                } else {
                    listen();
                }
            }
        } catch (PostgresException | RuntimeException e) {
            term = 0;
            listener.failed(e.getMessage());
        }
    }

    /**
     * Returns when all is well. A connection that ends is noticed without delay, one that hangs by the time limit on
     * its socket.
     */
    private void listen() {
        try {
            connection.unwrap(PGConnection.class).getNotifications(LISTEN_MILLIS);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        } catch (SQLException e) {
            term = 0;
            disconnect();
            if (!closed) {
                listener.lost(FaultText.of(e));
            }
        }
    }

    private void takeAgain() throws PostgresException {
        Session before = own;
        try {
            if (tryTake()) {
                listener.takenAgain();
                term = ++terms;
                listener.atWork();
                return;
            }
            Session holder = holder(connection);
            if (holder != null && holder.isSame(before)) {
                end(holder);
            } else if (holder != null) {
                throw held(holder);
            }
        } catch (SQLException e) {
            LOG.debug("database lock is not there yet: {}", e.getMessage());
        }
        disconnect();
        own = before;
        LockSupport.parkNanos(RETRY_NANOS);
    }

    /** Its own session from before, of which the server has not noticed that it ended. */
    private void end(Session session) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(" + session.pid() + ")");
        }
    }

    private void disconnect() {
        Connection left = connection;
        connection = null;
        if (left != null) {
            try {
                left.close();
            } catch (SQLException e) {
                LOG.debug("database lock's connection did not close: {}", e.getMessage());
            }
        }
    }

    /** Gives the database free. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        term = 0;
        disconnect();
    }
}
