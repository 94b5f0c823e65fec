package io.saddlebag.hq.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for the commit writer: many threads add, one takes. Above the limit it is saturated and says so; above
 * twice the limit it takes no more.
 */
final class WaitingRequests {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingRequests.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition enoughWaits = lock.newCondition();
    private int enough = Integer.MAX_VALUE;
    private final Deque<CommitRequest.Publish> publishes = new ArrayDeque<>();
    private final Deque<CommitRequest.Settle> settles = new ArrayDeque<>();
    private final List<Runnable> reliefs = new ArrayList<>();
    private final int countLimit;
    private final long byteLimit;
    private long bytes;
    private boolean closed;

    WaitingRequests(int countLimit, long byteLimit) {
        this.countLimit = countLimit;
        this.byteLimit = byteLimit;
    }

    /** Adds one; returns whether it was taken. */
    boolean add(CommitRequest request) {
        lock.lock();
        try {
            if (closed || isAbove(2)) {
                return false;
            }
            if (request instanceof CommitRequest.Publish publish) {
                publishes.add(publish);
                bytes += publish.bytes();
            } else if (request instanceof CommitRequest.Settle settle) {
                settles.add(settle);
            }
            if (enough == Integer.MAX_VALUE) {
                changed.signal();
            } else if (publishes.size() + settles.size() >= enough) {
                enoughWaits.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAbove(int times) {
        return publishes.size() + settles.size() >= (long) times * countLimit || bytes >= times * byteLimit;
    }

    boolean isSaturated() {
        lock.lock();
        try {
            return isAbove(1);
        } finally {
            lock.unlock();
        }
    }

    /** Runs it once, as soon as there is room: at once when there is. */
    void onRelief(Runnable action) {
        lock.lock();
        try {
            if (isAbove(1) && !closed) {
                reliefs.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    /**
     * Waits until so many requests are there, or the time is over, or it is closed. Adding wakes the waiter once, not for
     * each request.
     */
    void gather(int count, long nanos) throws InterruptedException {
        lock.lock();
        try {
            enough = count;
            long left = nanos;
            while (publishes.size() + settles.size() < count && bytes < byteLimit / 2 && !closed && left > 0) {
                left = enoughWaits.awaitNanos(left);
            }
        } finally {
            enough = Integer.MAX_VALUE;
            lock.unlock();
        }
    }

    /**
     * Waits until there is something, or the time is over, or it is closed, and moves up to so many into the lists.
     */
    void take(Group group, int publishLimit, long publishBytes, int settleLimit, long waitMillis)
            throws InterruptedException {
        List<Runnable> relieved = List.of();
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while (publishes.isEmpty() && (settles.isEmpty() || settleLimit == 0) && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            long taken = 0;
            while (!publishes.isEmpty() && group.publishes().size() < publishLimit && taken < publishBytes) {
                CommitRequest.Publish publish = publishes.poll();
                taken += publish.bytes();
                group.publishes().add(publish);
            }
            bytes -= taken;
            for (int i = 0; i < settleLimit && !settles.isEmpty(); i++) {
                group.settles().add(settles.poll());
            }
            if (!reliefs.isEmpty() && !isAbove(1)) {
                relieved = List.copyOf(reliefs);
                reliefs.clear();
            }
        } finally {
            lock.unlock();
        }
        relieved.forEach(WaitingRequests::runSafely);
    }

    private static void runSafely(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("what waited for room failed: {}", e.toString(), e);
        }
    }

    /** All that waits, without waiting. */
    Group drain() {
        lock.lock();
        try {
            Group rest = new Group(new ArrayList<>(publishes), new ArrayList<>(settles));
            publishes.clear();
            settles.clear();
            bytes = 0;
            return rest;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more; what waits can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
            enoughWaits.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosedAndEmpty() {
        lock.lock();
        try {
            return closed && publishes.isEmpty() && settles.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What is committed together. */
    record Group(List<CommitRequest.Publish> publishes, List<CommitRequest.Settle> settles) {
        Group() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        boolean isEmpty() {
            return publishes.isEmpty() && settles.isEmpty();
        }
    }
}
