package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalTransaction;
import io.saddlebag.journal.JournalTransaction.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to the journal, as many in one transaction as wait while the one before is brought to the disk. A change that
 * fails takes none of the others with it. Who reads the connection holds its monitor. For any number of threads.
 */
final class GroupCommit {
    private final Connection connection;
    private final Runnable rolledBack;
    private final List<Request> waiting = new ArrayList<>();
    private final Object turn = new Object();

    /** @param rolledBack called, with the connection's monitor held, when what changes did was undone */
    GroupCommit(Connection connection, Runnable rolledBack) {
        this.connection = connection;
        this.rolledBack = rolledBack;
    }

    private static final class Request implements Change {
        private final Change change;
        private boolean isOver;
        private SQLException failure;

        private Request(Change change) {
            this.change = change;
        }

        @Override
        public void run() throws SQLException {
            change.run();
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
        SQLException failure = commitAll(List.of(change)).get(0);
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Returns once the changes, and what was added before them, are on the disk.
     *
     * @return what is wrong with each, null where nothing is
     */
    List<SQLException> commitAll(List<? extends Change> changes) {
        List<Request> mine = new ArrayList<>(changes.size());
        changes.forEach(change -> mine.add(new Request(change)));
        synchronized (waiting) {
            waiting.addAll(mine);
        }
        synchronized (turn) {
            // Whose turn it was before may have taken these along.
            if (!mine.stream().allMatch(each -> each.isOver)) {
                synchronized (connection) {
                    commitWaiting();
                }
            }
            List<SQLException> failures = new ArrayList<>(mine.size());
            mine.forEach(each -> failures.add(each.failure));
            return failures;
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
            JournalTransaction.commit(connection, group);
            return null;
        } catch (SQLException e) {
            rolledBack.run();
            return e;
        } catch (RuntimeException e) {
            rolledBack.run();
            return new SQLException(e);
        }
    }
}
