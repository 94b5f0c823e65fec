package io.saddlebag.rc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes to the journal, as many in one transaction as wait while the one before is brought to the disk. A change that
 * fails takes none of the others with it. Who reads the connection holds its monitor. For any number of threads.
 */
final class GroupCommit {
    /** From one commit to the next at least, in nanoseconds. */
    private static final long GATHERED = 4_000_000;

    private final Connection connection;
    private final List<Request> waiting = new ArrayList<>();
    private final Object turn = new Object();
    private long committed = System.nanoTime() - GATHERED;

    GroupCommit(Connection connection) {
        this.connection = connection;
    }

    /** Statements of one transaction; may be run twice, the first time rolled back. */
    @FunctionalInterface
    interface Change {
        void run() throws SQLException;
    }

    private static final class Request {
        private final Change change;
        private boolean isOver;
        private SQLException failure;

        private Request(Change change) {
            this.change = change;
        }
    }

    /** Is made with the next commit, whenever that comes. Returns at once. */
    void add(Change change) {
        synchronized (waiting) {
            waiting.add(new Request(change));
        }
    }

    /** Returns once the change, and what was added before it, is on the disk. */
    void commit(Change change) throws SQLException {
        Request mine = new Request(change);
        synchronized (waiting) {
            waiting.add(mine);
        }
        synchronized (turn) {
            // Whose turn it was before may have taken this one along.
            if (!mine.isOver) {
                gather();
                synchronized (connection) {
                    commitWaiting();
                }
                committed = System.nanoTime();
            }
            if (mine.failure != null) {
                throw mine.failure;
            }
        }
    }

    /** Under load, when one commit would follow the other, waits a little for more to go with this one. */
    private void gather() {
        long pause = committed + GATHERED - System.nanoTime();
        while (pause > 0) {
            LockSupport.parkNanos(pause);
            pause = Thread.currentThread().isInterrupted() ? 0 : committed + GATHERED - System.nanoTime();
        }
    }

    private void commitWaiting() {
        List<Request> group;
        synchronized (waiting) {
            group = List.copyOf(waiting);
            waiting.clear();
        }
        if (failure(group) != null) {
            for (Request each : group) {
                each.failure = failure(List.of(each));
            }
        }
        group.forEach(each -> each.isOver = true);
    }

    /** Null when all of them are committed; otherwise none is. */
    private SQLException failure(List<Request> group) {
        try {
            connection.setAutoCommit(false);
            try {
                for (Request each : group) {
                    each.change.run();
                }
                connection.commit();
                connection.setAutoCommit(true);
                return null;
            } catch (SQLException | RuntimeException e) {
                undo(e);
                throw e;
            }
        } catch (SQLException e) {
            return e;
        } catch (RuntimeException e) {
            return new SQLException(e);
        }
    }

    /** After a failed commit SQLite may have rolled back by itself; what is said of that must not hide the cause. */
    private void undo(Exception cause) {
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
