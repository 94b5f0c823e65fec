package io.saddlebag.journal;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Writes to the journal, in groups: its thread takes whatever waits, runs it in one transaction and commits it with one
 * sync, so that many messages share the cost of the disk; one that comes when little is going on waits for nobody. When
 * one of a group fails, each is run again by itself. Any number of threads may submit; whoever reads holds the
 * connection's monitor.
 */
public final class JournalWriter implements AutoCloseable {
    private static final int MOST_AT_ONCE = 256;
    /** From one commit to the next at least, in nanoseconds. */
    private static final long GATHERED = 4_000_000;

    private final Path file;
    private final Connection connection;
    private final JournalStatements statements;
    private final BlockingQueue<Task<?>> waiting = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "saddlebag-journal");
    private long committed = System.nanoTime() - GATHERED;
    private boolean closed;

    /** Part of a transaction. May be run twice, the first time in vain. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws SQLException;
    }

    private static final class Task<T> implements JournalTransaction.Change {
        private final Work<T> work;
        private final Path folder;
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private T result;

        Task(Work<T> work, Path folder) {
            this.work = work;
            this.folder = folder;
        }

        @Override
        public void run() throws SQLException {
            result = work.run();
        }

        void complete() {
            done.complete(result);
        }
    }

    /** Starts its thread. */
    public JournalWriter(Path file, Connection connection) {
        this.file = Objects.requireNonNull(file, "file");
        this.connection = Objects.requireNonNull(connection, "connection");
        this.statements = new JournalStatements(connection);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @return completed on the journal's own thread once the work is on the disk; goes on elsewhere, never there. Fails
     *     with a {@link JournalException}, or with what the work threw
     */
    public <T> CompletableFuture<T> submit(Work<T> work) {
        return submit(work, null);
    }

    /** As {@link #submit(Work)}, with a folder whose entries are brought to the disk first; null for none. */
    public <T> CompletableFuture<T> submit(Work<T> work, Path folder) {
        Task<T> task = new Task<>(work, folder);
        synchronized (this) {
            if (closed) {
                task.done.completeExceptionally(new JournalException(file, new SQLException("the journal is closed")));
            } else {
                waiting.add(task);
            }
        }
        return task.done;
    }

    /** Waits until the work is on the disk. */
    public <T> T write(Work<T> work) {
        try {
            return submit(work).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** A statement for a piece of work, or for a reader that holds the connection's monitor. */
    public PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        return statements.prepare(sql, parameters);
    }

    public int update(String sql, Object... parameters) throws SQLException {
        return statements.update(sql, parameters);
    }

    private void run() {
        List<Task<?>> group = new ArrayList<>();
        while (!isOver()) {
            try {
                group.add(waiting.take());
                gather();
                waiting.drainTo(group, MOST_AT_ONCE - 1);
                commit(group);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Throwable e) {
                // Without this thread nothing is ever written again.
                group.forEach(each -> each.done.completeExceptionally(e));
            }
            committed = System.nanoTime();
            group.clear();
        }
    }

    /** Under load, when one commit would follow the other, waits a little for more to go with this one. */
    private void gather() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(committed + GATHERED - System.nanoTime());
    }

    private synchronized boolean isOver() {
        return closed && waiting.isEmpty();
    }

    private void commit(List<Task<?>> group) {
        try {
            syncFolders(group);
            synchronized (connection) {
                JournalTransaction.commit(connection, group);
            }
        } catch (Throwable e) {
            if (group.size() > 1) {
                group.forEach(each -> commit(List.of(each)));
            } else {
                boolean isOfJournal = e instanceof SQLException || e instanceof IOException;
                group.get(0).done.completeExceptionally(isOfJournal ? new JournalException(file, (Exception) e) : e);
            }
            return;
        }
        group.forEach(Task::complete);
    }

    private static void syncFolders(List<Task<?>> group) throws IOException {
        Set<Path> synced = new HashSet<>();
        for (Task<?> task : group) {
            if (task.folder != null && synced.add(task.folder)) {
                AtomicFiles.syncFolder(task.folder);
            }
        }
    }

    /** Commits what waits and ends; the connection is the caller's. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            waiting.add(new Task<>(() -> null, null));
            closed = true;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
