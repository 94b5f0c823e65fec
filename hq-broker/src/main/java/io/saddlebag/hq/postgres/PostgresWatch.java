package io.saddlebag.hq.postgres;

import io.saddlebag.log.RepeatedFaults;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the embedded PostgreSQL again when it dies under a headquarters at work, by a kill or a fault of its disk.
 * Meanwhile publications fail, to come again, and settlements wait. Looks twice a second on a thread of its own; to be
 * closed before the server is.
 */
public final class PostgresWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresWatch.class);
    private static final long LOOK_MILLIS = 500;
    private static final long END_SECONDS = 60;

    private final PostgresServer server;
    private final LongAdder restarts = new LongAdder();
    private final RepeatedFaults faults = new RepeatedFaults();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "postgres-watch"));

    /** @param server runs; this alone starts and stops it until it is closed */
    public PostgresWatch(PostgresServer server) {
        this.server = server;
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How often it was started again. */
    public long restarts() {
        return restarts.sum();
    }

    private void look() {
        if (server.isRunning()) {
            return;
        }
        faults.occurred("died")
                .ifPresent(repeats -> LOG.error(
                        "postgres died and is started again; its log {} may say why{}", server.logFile(), repeats));
        try {
            server.revive();
            faults.over();
            restarts.increment();
        } catch (PostgresException | RuntimeException e) {
            String fault = String.valueOf(e.getMessage());
            faults.occurred(RepeatedFaults.kindOf(fault))
                    .ifPresent(repeats -> LOG.error("postgres is down, tried again: {}{}", fault, repeats));
        }
    }

    /** Returns when nothing is being started any more. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("postgres is still being started after {} s", END_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
