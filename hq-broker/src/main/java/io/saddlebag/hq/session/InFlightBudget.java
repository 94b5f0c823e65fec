package io.saddlebag.hq.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all sites together have in flight. While they are above the limit, a site is read only as long as it has
 * less than its share: the limit divided by the connected sites. For any number of threads; no method blocks.
 */
public final class InFlightBudget {
    /** Without a limit. */
    public static final InFlightBudget UNLIMITED = new InFlightBudget(Long.MAX_VALUE);

    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger sites = new AtomicInteger();

    /** @param limit in bytes */
    public InFlightBudget(long limit) {
        this.limit = limit;
    }

    void joined() {
        sites.incrementAndGet();
    }

    void left() {
        sites.decrementAndGet();
    }

    void admit(int size) {
        bytes.addAndGet(size);
    }

    void release(int size) {
        bytes.addAndGet(-size);
    }

    /** True when a site with that many bytes in flight is to be read no more. */
    boolean isSpent(long ofSite) {
        return bytes.get() > limit && ofSite > share();
    }

    /** True when a site that was not read may be read again. */
    boolean hasRoom(long ofSite) {
        return bytes.get() <= limit / 2 || ofSite <= share() / 2;
    }

    private long share() {
        return limit / Math.max(1, sites.get());
    }
}
