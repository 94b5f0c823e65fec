package io.saddlebag.rc.intake;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work off the event loop, on a few threads. Work of one key runs in order, one at a time; keys run in parallel. The
 * callers bound how much waits ({@link io.saddlebag.stomp.client.Intake} and {@link DeliveryWindow}).
 */
public final class KeyedSerialExecutor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyedSerialExecutor.class);
    private static final int DRAIN_SECONDS = 10;

    private final ExecutorService threads;
    private final Map<String, Queue<Work>> waitingByKey = new HashMap<>();

    public KeyedSerialExecutor(int workers) {
        threads = Executors.newFixedThreadPool(Math.max(1, workers), task -> new Thread(task, "rc-receive"));
    }

    /** Work that may continue after it has returned. */
    @FunctionalInterface
    interface Work {
        /** @param over called when the next of the same key may begin, by any thread; again it does nothing */
        void run(Runnable over);
    }

    /** Never blocks; after {@link #close} the work is dropped. */
    void execute(String key, Runnable work) {
        execute(key, over -> {
            work.run();
            over.run();
        });
    }

    /** As {@link #execute(String, Runnable)} for work that reports its own end. */
    void execute(String key, Work work) {
        synchronized (waitingByKey) {
            Queue<Work> waiting = waitingByKey.get(key);
            if (waiting != null) {
                waiting.add(work);
                return;
            }
            if (threads.isShutdown()) {
                return;
            }
            // In this order: when no thread can be made, the key stays free.
            threads.execute(() -> run(key, work));
            waitingByKey.put(key, new ArrayDeque<>());
        }
    }

    /** One piece of work a turn, so that no key holds a thread for long. */
    private void run(String key, Work work) {
        AtomicBoolean isOver = new AtomicBoolean();
        Runnable over = () -> {
            if (isOver.compareAndSet(false, true)) {
                next(key);
            }
        };
        try {
            work.run(over);
        } catch (Throwable e) {
            // An error too: the key would never be free again.
            LOG.error("work on a frame failed", e);
            over.run();
        }
    }

    private void next(String key) {
        synchronized (waitingByKey) {
            Work next = threads.isShutdown() ? null : waitingByKey.get(key).poll();
            if (next == null) {
                waitingByKey.remove(key);
            } else {
                threads.execute(() -> run(key, next));
            }
        }
    }

    /** Lets running work finish, within a bound. Waiting work is not begun: headquarters delivers it again. */
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
