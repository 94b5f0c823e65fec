package io.saddlebag.hq.session;

import io.saddlebag.log.FaultText;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on shared threads, one at a time and in the order in which they came. A task that fails is logged, and the
 * next one runs. The caller bounds how many tasks wait. Safe for any number of threads.
 */
final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);
    private static final int TASKS_A_TURN = 16;

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    /** @param threads shared with others; a turn of at most {@value #TASKS_A_TURN} tasks leaves room for them */
    SerialExecutor(Executor threads) {
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
                LOG.error("A task failed: {}", FaultText.of(e), e);
            }
        }
        threads.execute(this::turn);
    }
}
