package io.saddlebag.lab;

import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a laboratory that runs. */
final class LabThreads {
    private static final Logger LOG = LoggerFactory.getLogger(LabThreads.class);
    /** The most frames of receipts that wait to be written; later ones are rejected, and asked for again. */
    private static final int MOST_RECEIPT_FRAMES = 64;
    /** The most manifests that wait to be verified; headquarters answers with one a recipient. */
    private static final int MOST_MANIFESTS = 256;
    /** From this size on a file is long, in bytes. */
    private static final long LONG = 16L << 20;

    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Predicate<OutgoingMessage> hasCheck;
    private final ExecutorService workers;
    private final ExecutorService sealersOfLongFiles;
    private final ExecutorService receipts = bounded("saddlebag-receipts", MOST_RECEIPT_FRAMES);
    private final ExecutorService chain = bounded("saddlebag-chain", MOST_MANIFESTS);

    /** @param hasCheck of messages whose content is checked, which may take its time too */
    LabThreads(int workers, Predicate<OutgoingMessage> hasCheck) {
        this.hasCheck = hasCheck;
        this.workers = pool("saddlebag-worker-", workers);
        this.sealersOfLongFiles = pool("saddlebag-long-file-", workers);
    }

    private static ExecutorService pool(String name, int count) {
        AtomicInteger made = new AtomicInteger();
        return Executors.newFixedThreadPool(
                Math.max(1, count), task -> new Thread(task, name + made.incrementAndGet()));
    }

    private static ExecutorService bounded(String name, int mostWaiting) {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(mostWaiting), task -> new Thread(task, name));
    }

    Executor workers() {
        return workers;
    }

    /** A thread that seals a long file, or checks one, does nothing else, so that other messages do not wait for it. */
    Executor of(OutgoingMessage message) {
        return message.state() == State.CLAIMED && (message.size() >= LONG || hasCheck.test(message))
                ? sealersOfLongFiles
                : workers;
    }

    /** One thread, which rejects tasks beyond a bound. */
    ExecutorService receipts() {
        return receipts;
    }

    /** One thread, which rejects tasks beyond a bound. */
    ExecutorService chain() {
        return chain;
    }

    void close(String site) {
        for (ExecutorService each : new ExecutorService[] {workers, sealersOfLongFiles, receipts, chain}) {
            each.shutdown();
            try {
                if (!each.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("site={} a file is still being worked on; it is taken up at the next start", site);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
