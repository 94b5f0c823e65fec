package io.saddlebag.journal;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Writes to the journal in groups: its thread takes the waiting work, runs it in one transaction and commits it with one
 * sync, so that many messages share the cost of the disk. At low load a piece of work does not wait for others. When one of
 * a group fails, each is run again by itself. Any number of threads may submit; a reader holds the connection's monitor.
 */
public final class JournalWriter implements AutoCloseable {
    private static final int MOST_AT_ONCE = 4096;
    /** Under load a group gathers for that time after the commit before it. */
    private static final Duration GATHERED = Duration.ofMillis(4);

    private final Path file;
    private final Connection connection;
    private final JournalStatements statements;
    private final long gathered;
    private final Runnable rolledBack;
    private final Queue<Task<?>> waiting = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "saddlebag-journal");
    private long committed;
    private boolean isAwaited;
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
        this(file, connection, GATHERED, () -> {});
    }

    /**
     * Starts its thread.
     *
     * @param gathered the least time from one commit to the next; zero where the callers gather
     * @param rolledBack runs under the connection's monitor after each transaction that failed
     */
    public JournalWriter(Path file, Connection connection, Duration gathered, Runnable rolledBack) {
        this.file = file;
        this.connection = connection;
        this.statements = new JournalStatements(connection);
        this.gathered = gathered.toNanos();
        this.rolledBack = rolledBack;
        this.committed = System.nanoTime() - this.gathered;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @return completed on the journal's own thread once the work is on the disk; continue on another thread. Fails with a
     *     {@link JournalException}, or with the exception that the work threw
     */
    public <T> CompletableFuture<T> submit(Work<T> work) {
        return submit(work, null);
    }

    /** As {@link #submit(Work)}, with a folder that is synced first; null for none. */
    public <T> CompletableFuture<T> submit(Work<T> work, Path folder) {
        Task<T> task = new Task<>(work, folder);
        submit(List.of(task));
        return task.done;
    }

    private synchronized void submit(List<? extends Task<?>> tasks) {
        if (closed) {
            JournalException failure = new JournalException(file, new SQLException("the journal is closed"));
            for (Task<?> task : tasks) {
                task.done.completeExceptionally(failure);
            }
        } else {
            waiting.addAll(tasks);
            isAwaited |= !tasks.isEmpty();
            notifyAll();
        }
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

    /**
     * Waits until all the work has ended, which goes into one group as far as it fits.
     *
     * @return completed, each as {@link #submit(Work)} says
     */
    public <T> List<CompletableFuture<T>> writeAll(List<Work<T>> all) {
        List<Task<T>> tasks = all.stream().map(work -> new Task<>(work, null)).toList();
        submit(tasks);
        List<CompletableFuture<T>> ends = tasks.stream().map(task -> task.done).toList();
        CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .exceptionally(failure -> null)
                .join();
        return ends;
    }

    /** Adds work that is committed with the next group or by {@link #close}. Never blocks; nothing once this is closed. */
    public synchronized void add(Work<?> work) {
        if (!closed) {
            waiting.add(new Task<>(work, null));
        }
    }

    /** The statements for pieces of work, and for a reader that holds the connection's monitor. */
    public JournalStatements statements() {
        return statements;
    }

    private void run() {
        List<Task<?>> group = new ArrayList<>();
        try {
            while (await()) {
                gather();
                take(group);
                try {
                    commit(group);
                } catch (Throwable e) {
                    // Without this thread nothing is ever written again.
                    group.forEach(each -> each.done.completeExceptionally(e));
                }
                committed = System.nanoTime();
                group.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False once this is closed and nothing waits. */
    private synchronized boolean await() throws InterruptedException {
        while (!isAwaited && !closed) {
            wait();
        }
        return !waiting.isEmpty();
    }

    private synchronized void take(List<Task<?>> group) {
        while (group.size() < MOST_AT_ONCE && !waiting.isEmpty()) {
            group.add(waiting.remove());
        }
        isAwaited = !waiting.isEmpty();
    }

    /** Under load, when one commit would follow the other, waits a little for more to go with this one. */
    private void gather() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(committed + gathered - System.nanoTime());
    }

    private void commit(List<Task<?>> group) {
        try {
            syncFolders(group);
            synchronized (connection) {
                try {
                    JournalTransaction.commit(connection, group);
                } catch (Throwable e) {
                    rolledBack.run();
                    throw e;
                }
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

    /** Commits the waiting work and ends; the connection is the caller's. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
