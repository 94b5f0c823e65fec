package io.saddlebag.hq.store.commit;

import io.saddlebag.log.FaultText;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that commits requests of one kind in groups: it takes whatever waits, and what comes meanwhile makes the next
 * group. While groups are large it waits a little for the next one to be large too, since a commit costs much and a row
 * little; without load nothing waits.
 *
 * <p>Every method may be called by any thread and none blocks, except {@link #close}.
 */
final class CommitLane<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitLane.class);
    /** From a group of this size on, the next one is given time to grow to {@link #GATHERED}. */
    private static final int BUSY = 24;

    private static final int GATHERED = 256;
    private static final long GATHER_NANOS = 2_000_000;
    private static final long RETRY_MILLIS = 500;
    private static final long IDLE_MILLIS = 60_000;

    /** The work on a group; by the lane's thread only. */
    interface Work<T> {
        /** Commits the group and what an earlier one left over; answers every request that it does not keep for later. */
        void write(List<T> group);

        /** How many more requests it can take now. */
        int room();

        /** True when work is left over, to be tried again soon though nothing new comes. */
        boolean isUnfinished();

        /** Answers these, and what is left over, with a failure: nothing is written any more. */
        void abandon(List<T> rest);
    }

    private final WaitingRequests<T> waiting;
    private final Work<T> work;
    private final long groupBytes;
    private final Thread thread;
    private volatile LongConsumer committed = nanos -> {};
    private volatile Consumer<String> failed = reason -> {};

    /** @param size the bytes that a request holds in memory */
    CommitLane(String name, Work<T> work, int queueLimit, long groupBytes, ToIntFunction<T> size) {
        this.work = work;
        this.groupBytes = groupBytes;
        this.waiting = new WaitingRequests<>(queueLimit, 2 * groupBytes, size);
        this.thread = new Thread(this::run, name);
    }

    /** Hears of each group how long it took, in nanoseconds. Must not block. */
    void onCommit(LongConsumer listener) {
        committed = listener;
    }

    /** Hears, on the lane's thread, that a fault has ended it, so that nothing is committed any more. Must not block. */
    void onFailure(Consumer<String> listener) {
        failed = listener;
    }

    void start() {
        thread.start();
    }

    /** Adds one; returns whether it was taken. */
    boolean add(T request) {
        return waiting.add(request);
    }

    boolean isSaturated() {
        return waiting.isSaturated();
    }

    /** Runs it once, as soon as there is room; in this call when there is. */
    void onRelief(Runnable action) {
        waiting.onRelief(action);
    }

    private void run() {
        try {
            int lastSize = 0;
            while (!waiting.isClosedAndEmpty()) {
                if (lastSize >= BUSY) {
                    waiting.gather(GATHERED, GATHER_NANOS);
                }
                lastSize = writeNext(work.isUnfinished() ? RETRY_MILLIS : IDLE_MILLIS);
                if (waiting.isClosed() && work.isUnfinished()) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("{} was interrupted", thread.getName());
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed, nothing is committed any more: {}", thread.getName(), FaultText.of(e), e);
            waiting.close();
            failed.accept(thread.getName() + " failed: " + FaultText.of(e));
        }
        work.abandon(waiting.drain());
    }

    /**
     * Takes what waits, or waits for it so long, and commits it with what was left over. Returns how much it took; by the
     * lane's thread only.
     */
    int writeNext(long waitMillis) throws InterruptedException {
        List<T> group = waiting.take(work.room(), groupBytes, waitMillis);
        if (!group.isEmpty() || work.isUnfinished()) {
            long begin = System.nanoTime();
            work.write(group);
            committed.accept(System.nanoTime() - begin);
        }
        return group.size();
    }

    /** Commits what waits, then stops; what cannot be committed any more fails. */
    @Override
    public void close() {
        waiting.close();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
