package io.saddlebag.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on shared threads, one at a time and in the order in which they came. A task that fails is logged, and the
 * next one runs. The caller bounds how many tasks wait. Safe for any number of threads.
 */
public final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);
    private static final int TASKS_A_TURN = 16;

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    /** A task that may continue after it has returned. */
    @FunctionalInterface
    public interface LongTask {
        /** @param over lets the next task begin; any thread may call it, and a second call does nothing */
        void run(Runnable over);
    }

    /** @param threads shared with others; a turn of at most {@value #TASKS_A_TURN} tasks leaves room for them */
    public SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    /** @throws java.util.concurrent.RejectedExecutionException when the threads are shut down */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        threads.execute(this::turn);
    }

    /** As {@link #execute}, of a task that says itself when it is over. */
    public void executeUntilOver(LongTask task) {
        execute(new Open(task));
    }

    private void turn() {
        for (int i = 0; i < TASKS_A_TURN; i++) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            try {
                task.run();
            } catch (Throwable e) {
                // Catches errors too: otherwise later tasks would wait for ever.
                LOG.error("A task failed: {}", e.toString(), e);
            }
            if (task instanceof Open open && open.continues()) {
                return;
            }
        }
        threads.execute(this::turn);
    }

    /** A long task from its begin to its end. Guarded by the monitor of the tasks. */
    private final class Open implements Runnable {
        private final LongTask task;
        private boolean returned;
        private boolean over;

        Open(LongTask task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run(this::over);
            } catch (Throwable e) {
                over();
                throw e;
            }
        }

        private void over() {
            synchronized (tasks) {
                if (over) {
                    return;
                }
                over = true;
                if (!returned) {
                    return;
                }
            }
            threads.execute(SerialExecutor.this::turn);
        }

        /** The turn ends here when the task is not over yet; {@link #over} begins the next one then. */
        private boolean continues() {
            synchronized (tasks) {
                returned = true;
                return !over;
            }
        }
    }
}
