package io.saddlebag.stomp;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/** How many connections are open, in all and of each site. For use by any thread. */
final class ConnectionCount {
    private final ConnectionLimits limits;
    private final ToIntFunction<SiteId> connectionsOf;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<SiteId, Integer> bySite = new ConcurrentHashMap<>();

    ConnectionCount(ConnectionLimits limits) {
        this(limits, site -> 0);
    }

    /** @param connectionsOf how many a site may have open, or 0 for what counts for every site */
    ConnectionCount(ConnectionLimits limits, ToIntFunction<SiteId> connectionsOf) {
        this.limits = limits;
        this.connectionsOf = connectionsOf;
    }

    /** Counts a connection; false, and not counted, when there are as many as are allowed. */
    boolean add() {
        if (all.incrementAndGet() > limits.maxConnections()) {
            all.decrementAndGet();
            return false;
        }
        return true;
    }

    void remove() {
        all.decrementAndGet();
    }

    /**
     * Counts a connection for its site.
     *
     * @throws Refusal TOO_LARGE when there are as many as are allowed; it is then not counted
     */
    void add(SiteId site) {
        bySite.compute(site, (id, count) -> {
            int open = count == null ? 0 : count;
            int own = connectionsOf.applyAsInt(site);
            int most = own > 0 ? own : limits.maxConnectionsPerSite();
            if (open >= most) {
                throw new Refusal(
                        Refusal.Code.TOO_LARGE,
                        "expected at most " + most + " connections of " + site
                                + ", found one more. Close another first");
            }
            return open + 1;
        });
    }

    void remove(SiteId site) {
        bySite.computeIfPresent(site, (id, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        return all.get();
    }

    int open(SiteId site) {
        return bySite.getOrDefault(site, 0);
    }
}
