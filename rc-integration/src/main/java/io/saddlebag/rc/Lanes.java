package io.saddlebag.rc;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work off the event loop: what has the same key runs one after the other, in order; what has another may run beside it,
 * on a few threads. How much may wait is bounded by who hands it over ({@link Intake} and the prefetch window).
 */
final class Lanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final int DRAIN_SECONDS = 10;

    private final ExecutorService threads;
    private final Map<String, Queue<Runnable>> waitingByKey = new HashMap<>();

    Lanes(int workers) {
        threads = Executors.newFixedThreadPool(Math.max(1, workers), task -> new Thread(task, "rc-receive"));
    }

    /** Returns at once; after {@link #close} the work is dropped. */
    void execute(String key, Runnable work) {
        synchronized (waitingByKey) {
            Queue<Runnable> waiting = waitingByKey.get(key);
            if (waiting != null) {
                waiting.add(work);
                return;
            }
            if (threads.isShutdown()) {
                return;
            }
            waitingByKey.put(key, new ArrayDeque<>());
            threads.execute(() -> run(key, work));
        }
    }

    /** One piece of work a turn, so that no key keeps a thread from the others. */
    private void run(String key, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("work on a frame failed", e);
        }
        synchronized (waitingByKey) {
            Runnable next = threads.isShutdown() ? null : waitingByKey.get(key).poll();
            if (next == null) {
                waitingByKey.remove(key);
            } else {
                threads.execute(() -> run(key, next));
            }
        }
    }

    /** Lets what runs finish, within a bound; what waits is not begun: headquarters delivers it again. */
    @Override
    public void close() {
        synchronized (waitingByKey) {
            threads.shutdown();
        }
        try {
            if (!threads.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
