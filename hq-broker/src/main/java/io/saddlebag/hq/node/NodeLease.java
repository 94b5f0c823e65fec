package io.saddlebag.hq.node;

import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.SessionLock;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Sha256;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's hold on its own row, for as long as its process lives: a session lock on a connection of its own, and a beat.
 * The beat is a write, so that it counts only where the standby has it too. The hold is valid until {@link #VALID} after
 * the last beat was sent, by a clock that no person sets. Nothing is dispatched without it. Commits are fenced by the row
 * itself: whoever ends the node waits for them.
 *
 * <p>A node that others have ended never holds again; its process must end. {@link #term}, {@link #isOverdue} and {@link
 * #micros} may be asked by any thread.
 */
public final class NodeLease implements SoleUse, AutoCloseable {
    /** How long a beat holds. */
    public static final Duration VALID = Duration.ofSeconds(8);
    /** The time between beats. */
    public static final Duration BEAT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(NodeLease.class);
    private static final int OLDEST_SERVER = 140_000;
    /** The server ends the session of a node that is silent longer than its hold lasts, and with it the lock. */
    private static final String END_WHEN_SILENT =
            "SET idle_session_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";

    private static final String SHARE = "SELECT pg_try_advisory_lock_shared(" + SessionLock.KEY + ")";
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Longer than a server needs to notice the end of a session. */
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(12);

    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SessionLock.Opening opening;
    private final Listener listener;
    private final LongSupplier nanos;
    private final Thread thread = new Thread(this::run, "node-lease");
    private Connection connection;
    private Node node;
    private long terms;
    private boolean isTold;
    private volatile Hold hold = new Hold(0, 0, 0);
    private volatile Sha256 topology;
    private volatile boolean closed;
    /** Where the hold is, or was last. */
    private volatile String server;

    /**
     * The last beat.
     *
     * @param term 0 for none that counts
     * @param sent before it was sent, by the monotonic clock
     * @param aheadOfNanos what the database's clock is ahead of the monotonic clock, in microseconds
     */
    private record Hold(long term, long sent, long aheadOfNanos) {}

    /** Hears of the hold on its thread; must not block for long. */
    public interface Listener {
        /** No beat gets through. */
        void lost(String reason);

        /** It is held again. */
        void heldAgain();

        /** The hold is at another server from now on: connections to the one before answer what is over. */
        void moved();

        /** Others have ended this node: its process must end. */
        void ended(String reason);
    }

    private NodeLease(SessionLock.Opening opening, Listener listener, LongSupplier nanos) {
        this.opening = opening;
        this.listener = listener;
        this.nanos = nanos;
        thread.setDaemon(true);
    }

    /**
     * Excludes a single headquarters from the database; {@link #join} comes next. Waits a few seconds for one that is just
     * ending.
     *
     * @throws PostgresException when a single headquarters has it, it is too old, or it cannot be reached
     */
    public static NodeLease open(SessionLock.Opening opening, Listener listener) throws PostgresException {
        return open(opening, listener, System::nanoTime);
    }

    /** @param nanos a clock that only moves forward, in nanoseconds */
    static NodeLease open(SessionLock.Opening opening, Listener listener, LongSupplier nanos) throws PostgresException {
        NodeLease lease = new NodeLease(opening, listener, nanos);
        try {
            lease.connect();
            long deadline = System.nanoTime() + START_NANOS;
            while (!lease.share()) {
                if (System.nanoTime() > deadline) {
                    throw heldBySingle(lease.connection);
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
            return lease;
        } catch (SQLException e) {
            lease.disconnect();
            throw new PostgresException("The database cannot be reached: " + FaultText.of(e), e);
        } catch (PostgresException e) {
            lease.disconnect();
            throw e;
        }
    }

    private static PostgresException heldBySingle(Connection connection) throws SQLException {
        return new PostgresException("Expected a database of nodes, which all have hq.node set; found it held by a"
                + " headquarters without hq.node, " + SessionLock.describeHolder(connection)
                + ". Stop that one first");
    }

    private void connect() throws SQLException, PostgresException {
        connection = opening.open();
        String before = server;
        server = NodeRows.server(connection);
        if (before != null && !before.equals(server)) {
            listener.moved();
        }
        int version = Integer.parseInt(NodeRows.text(connection, "SHOW server_version_num"));
        if (version < OLDEST_SERVER) {
            throw new PostgresException(
                    "Expected PostgreSQL 14 or later for hq.node, found "
                            + NodeRows.text(connection, "SHOW server_version")
                            + ", which keeps the lock of a node that hangs. Upgrade it, or run one headquarters without hq.node");
        }
    }

    private boolean share() throws SQLException {
        return "t".equals(NodeRows.text(connection, SHARE));
    }

    /**
     * Makes the node known and begins to beat; once, after the tables are there. A former start of the same name that has no
     * process any more is ended first.
     *
     * @throws PostgresException when another process is at work under the name, no slot is free, or the database does not
     *     answer
     */
    public Node join(Node.Facts facts) throws PostgresException {
        try {
            NodeRows.execute(connection, END_WHEN_SILENT);
            endFormer(facts.name());
            node = insert(facts);
            if (!beat()) {
                throw new PostgresException(node + " was ended by another node while it started; start it again");
            }
        } catch (SQLException e) {
            throw new PostgresException("The node cannot join the others: " + FaultText.of(e), e);
        }
        LOG.info("{} has joined with slot {} as {}", node, node.slot(), facts.address());
        thread.start();
        return node;
    }

    private void endFormer(String name) throws SQLException, PostgresException {
        long deadline = System.nanoTime() + START_NANOS;
        int freeLooks = 0;
        NodeRows.Former before = null;
        Optional<NodeRows.Former> former = NodeRows.ofName(connection, name);
        while (former.isPresent()) {
            NodeRows.Former found = former.get();
            freeLooks = found.isUnheld() ? freeLooks + 1 : 0;
            if (freeLooks == 2) {
                NodeRows.end(connection, found.id(), name);
                LOG.info("node {} ({}) of an earlier start is ended; its deliveries are adopted", name, found.id());
                return;
            }
            if (System.nanoTime() > deadline || found.hasBeatenSince(before)) {
                throw new PostgresException("Expected hq.node " + name + " to be the name of one node, found another at"
                        + " work under it at " + found.address() + ". Stop that one, or give this one another name");
            }
            before = found;
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            former = NodeRows.ofName(connection, name);
        }
    }

    /** Two nodes that join at one moment choose the same slot; the second one chooses again. */
    private Node insert(Node.Facts facts) throws SQLException, PostgresException {
        for (int attempt = 0; ; attempt++) {
            connection.setAutoCommit(false);
            try {
                Optional<Node> inserted = NodeRows.insert(connection, facts);
                if (inserted.isEmpty()) {
                    throw new PostgresException("Expected at most " + NodeNumbers.SLOTS + " nodes on a database, found"
                            + " as many at work. Stop one first");
                }
                PostgresTransaction.commit(connection);
                return inserted.get();
            } catch (SQLException e) {
                if (!"23505".equals(e.getSQLState()) || attempt == NodeNumbers.SLOTS) {
                    throw e;
                }
            } finally {
                NodeRows.leave(connection);
            }
        }
    }

    /** Says with the next beat by which topology the node works. */
    public void worksBy(Sha256 digest) {
        topology = digest;
    }

    @Override
    public long term() {
        Hold last = hold;
        return isOverdue(last) ? 0 : last.term();
    }

    /**
     * A primary that was deposed while it hung still answers questions, though it commits nothing. It is not the
     * server where the hold is.
     *
     * @throws SQLException when the connection leads to another server than the hold
     */
    public void requireSameServer(Connection other) throws SQLException {
        String found = NodeRows.server(other);
        if (!found.equals(server)) {
            throw new SQLException(
                    "Expected the PostgreSQL that runs since " + server + ", where the node's hold is, found one since "
                            + found,
                    "08006");
        }
    }

    /** True when no beat got through for {@link #VALID}: sites are better off elsewhere. */
    public boolean isOverdue() {
        return isOverdue(hold);
    }

    private boolean isOverdue(Hold last) {
        return nanos.getAsLong() - last.sent() >= VALID.toNanos();
    }

    /** The database's clock as of the last beat, with the time that has passed since; in microseconds since 1970. */
    public long micros() {
        return hold.aheadOfNanos() + TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong());
    }

    /** Returns whether the node has not ended. */
    private boolean beat() throws SQLException {
        long sent = nanos.getAsLong();
        OptionalLong micros = NodeRows.beat(connection, node, topology);
        if (micros.isEmpty()) {
            return false;
        }
        long received = TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong());
        boolean goesOn = term() != 0;
        hold = new Hold(goesOn ? terms : ++terms, sent, micros.getAsLong() - received);
        return true;
    }

    private void run() {
        try {
            while (!closed) {
                if (!beatOrTakeAgain()) {
                    hold = new Hold(0, hold.sent(), hold.aheadOfNanos());
                    listener.ended(node + " was ended by another node, since its hold on the database was lost; the"
                            + " others have its deliveries. Start it again, as a new one");
                    return;
                }
            }
        } catch (PostgresException | RuntimeException e) {
            hold = new Hold(0, hold.sent(), hold.aheadOfNanos());
            listener.ended(e.getMessage());
        }
    }

    /** Returns whether the node has not ended. */
    private boolean beatOrTakeAgain() throws PostgresException {
        try {
            if (connection == null) {
                takeAgain();
            }
            boolean goesOn = isHeld();
            if (!beat()) {
                return false;
            }
            if (!goesOn) {
                isTold = false;
                listener.heldAgain();
            }
            LockSupport.parkNanos(BEAT.toNanos());
        } catch (SQLException e) {
            pause(FaultText.of(e));
        }
        return true;
    }

    private void takeAgain() throws SQLException, PostgresException {
        connect();
        NodeRows.execute(connection, END_WHEN_SILENT);
        if (!share()) {
            throw heldBySingle(connection);
        }
        if (!NodeRows.take(connection, node)) {
            NodeRows.cutOwn(connection, node);
            throw new SQLException("its own session from before has not ended yet");
        }
    }

    /** The lock may be free: nothing is dispatched until it is taken again. */
    private void pause(String reason) {
        hold = new Hold(0, hold.sent(), hold.aheadOfNanos());
        disconnect();
        if (closed) {
            return;
        }
        if (!isTold) {
            isTold = true;
            listener.lost(reason);
        }
        LOG.debug("{} does not hold: {}", node, reason);
        LockSupport.parkNanos(RETRY_NANOS);
    }

    private void disconnect() {
        Connection left = connection;
        connection = null;
        if (left != null) {
            try {
                left.close();
            } catch (SQLException e) {
                LOG.debug("the node's connection did not close: {}", e.getMessage());
            }
        }
    }

    /** Ends the node, so that the others adopt its deliveries without delay. After its last commit. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
            if (connection != null && node != null && NodeRows.end(connection, node.id(), node.name())) {
                LOG.info("{} has ended; what waits there is for the others", node);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.info("{} could not say that it ends, the others notice it: {}", node, FaultText.of(e));
        }
        hold = new Hold(0, hold.sent(), hold.aheadOfNanos());
        disconnect();
    }
}
