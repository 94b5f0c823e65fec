package io.saddlebag.hq;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that may block, a fixed number whatever the number of connections. Each session's limits and one turn a
 * subscription bound the tasks that wait for them.
 */
final class HqThreads implements AutoCloseable {
    private static final int DRAIN_SECONDS = 10;

    private final ExecutorService work;
    private final ExecutorService dispatch;
    private final ScheduledExecutorService later;

    HqThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        work = Executors.newFixedThreadPool(Math.max(4, 2 * processors), named("hq-work"));
        dispatch = Executors.newFixedThreadPool(Math.max(2, processors), named("hq-dispatch"));
        later = Executors.newSingleThreadScheduledExecutor(named("hq-later"));
    }

    HqSteps.Threads all() {
        return new HqSteps.Threads(work, dispatch, later);
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void close() {
        later.shutdownNow();
        work.shutdown();
        dispatch.shutdown();
        try {
            work.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
            dispatch.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
