package io.saddlebag.hq.store.commit;

import io.saddlebag.log.FaultText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that wait to be committed: many threads add, one takes. Above the limit it is saturated and says so;
 * above twice the limit it takes no more.
 */
public final class WaitingRequests<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingRequests.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition enoughWaits = lock.newCondition();
    private int enough = Integer.MAX_VALUE;
    private final Deque<T> requests = new ArrayDeque<>();
    private final List<Runnable> reliefs = new ArrayList<>();
    private final int countLimit;
    private final long byteLimit;
    private final ToIntFunction<T> size;
    private long bytes;
    private boolean closed;

    /** @param size the bytes that a request holds in memory */
    public WaitingRequests(int countLimit, long byteLimit, ToIntFunction<T> size) {
        this.countLimit = countLimit;
        this.byteLimit = byteLimit;
        this.size = size;
    }

    /** Adds one; returns whether it was taken. */
    public boolean add(T request) {
        lock.lock();
        try {
            if (closed || isAbove(2)) {
                return false;
            }
            requests.add(request);
            bytes += size.applyAsInt(request);
            if (enough == Integer.MAX_VALUE) {
                changed.signal();
            } else if (requests.size() >= enough) {
                enoughWaits.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAbove(int times) {
        return requests.size() >= (long) times * countLimit || bytes >= times * byteLimit;
    }

    boolean isSaturated() {
        lock.lock();
        try {
            return isAbove(1);
        } finally {
            lock.unlock();
        }
    }

    /** Runs it once, as soon as there is room; in this call when there is. */
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
     * Waits until this number of requests is there, or the time is over, or it is closed. Adding wakes the waiter once,
     * not for each request.
     */
    public void gather(int count, long nanos) throws InterruptedException {
        lock.lock();
        try {
            enough = count;
            long left = nanos;
            while (requests.size() < count && bytes < byteLimit / 2 && !closed && left > 0) {
                left = enoughWaits.awaitNanos(left);
            }
        } finally {
            enough = Integer.MAX_VALUE;
            lock.unlock();
        }
    }

    /**
     * Waits until there is a request, or the time is over, or it is closed. Takes up to {@code count} requests, oldest
     * first.
     */
    public List<T> take(int count, long groupBytes, long waitMillis) throws InterruptedException {
        List<T> group = new ArrayList<>();
        List<Runnable> relieved = List.of();
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while ((requests.isEmpty() || count == 0) && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            long taken = 0;
            while (!requests.isEmpty() && group.size() < count && taken < groupBytes) {
                T request = requests.poll();
                taken += size.applyAsInt(request);
                group.add(request);
            }
            bytes -= taken;
            if (!reliefs.isEmpty() && !isAbove(1)) {
                relieved = List.copyOf(reliefs);
                reliefs.clear();
            }
        } finally {
            lock.unlock();
        }
        relieved.forEach(WaitingRequests::runSafely);
        return group;
    }

    private static void runSafely(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("what waited for room failed: {}", FaultText.of(e), e);
        }
    }

    /** All that waits, without waiting. */
    public List<T> drain() {
        lock.lock();
        try {
            List<T> rest = new ArrayList<>(requests);
            requests.clear();
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
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
            enoughWaits.signal();
        } finally {
            lock.unlock();
        }
    }

    public boolean isClosedAndEmpty() {
        lock.lock();
        try {
            return closed && requests.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
