package io.saddlebag.hq.store;

import io.saddlebag.hq.store.commit.CommitWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The commit writer without its threads: the test asks for each round, and {@link ParallelSync} decides when the sync that
 * runs in parallel to the commit is done.
 */
public final class SteppedWriter {
    private final CommitWriter writer;
    private boolean settling;

    public SteppedWriter(MessageStore messages, PayloadStore payloads, int queueLimit, Clock clock, ParallelSync beside)
            throws StoreException {
        this(messages, payloads, queueLimit, new CommitWriter.Parts(clock, SoleUse.ALWAYS, new Outage()), beside);
    }

    public SteppedWriter(
            MessageStore messages, PayloadStore payloads, int queueLimit, CommitWriter.Parts parts, ParallelSync beside)
            throws StoreException {
        writer = new CommitWriter(messages, payloads, queueLimit, parts, beside);
        writer.open();
    }

    public CommitWriter writer() {
        return writer;
    }

    /** Commits what waits to be published; returns how much that was. */
    public int publish() {
        try {
            return writer.publishNext();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Commits what waits to be settled, in the middle of a publication too, but not of itself. */
    public int settle() {
        if (settling) {
            return 0;
        }
        settling = true;
        try {
            return writer.settleNext();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            settling = false;
        }
    }

    /** Keeps a task until the test asks for it. */
    public static final class ParallelSync extends AbstractExecutorService {
        private Runnable task;

        @Override
        public void execute(Runnable command) {
            task = command;
        }

        /** Runs what waits, if something does. */
        public void run() {
            Runnable waiting = task;
            task = null;
            if (waiting != null) {
                waiting.run();
            }
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
