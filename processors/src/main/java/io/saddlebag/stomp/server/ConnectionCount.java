package io.saddlebag.stomp.server;

import io.netty.channel.Channel;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts open connections, in all and of each site. Unauthenticated ones count apart, so that they take no site's
 * place. For use by any thread.
 */
final class ConnectionCount {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionCount.class);
    private static final String CROWD = "crowd";

    private final ConnectionLimits limits;
    private final ToIntFunction<SiteId> connectionsOf;
    private final AtomicInteger ofSites = new AtomicInteger();
    /** The oldest first; its own monitor guards it. */
    private final Set<Channel> unknown = new LinkedHashSet<>();

    private final RepeatedFaults faults = new RepeatedFaults();
    private final Map<SiteId, Integer> bySite = new ConcurrentHashMap<>();

    /** @param connectionsOf the limit of a site, or 0 for the common one */
    ConnectionCount(ConnectionLimits limits, ToIntFunction<SiteId> connectionsOf) {
        this.limits = limits;
        this.connectionsOf = connectionsOf;
    }

    /**
     * Counts an unauthenticated connection. Above the limit the oldest is closed: a site authenticates in far less time
     * than an idle connection holds its place.
     */
    void add(Channel channel) {
        Channel oldest;
        synchronized (unknown) {
            unknown.add(channel);
            if (unknown.size() <= limits.maxConnections()) {
                return;
            }
            oldest = unknown.iterator().next();
            unknown.remove(oldest);
            faults.occurred(CROWD)
                    .ifPresent(repeats -> LOG.warn(
                            "{} connections are unauthenticated, one of them from {}; each further one closes the oldest{}",
                            limits.maxConnections(),
                            channel.remoteAddress(),
                            repeats));
        }
        oldest.close();
    }

    /** Removes a connection once it is authenticated or closed. */
    void remove(Channel channel) {
        synchronized (unknown) {
            unknown.remove(channel);
        }
    }

    /**
     * Counts a connection for its site.
     *
     * @throws Refusal TOO_LARGE when there are as many as are allowed; it is then not counted
     */
    void add(SiteId site) {
        if (ofSites.incrementAndGet() > limits.maxConnections()) {
            ofSites.decrementAndGet();
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "expected at most " + limits.maxConnections() + " connections, found one more. Try again later");
        }
        try {
            addOf(site);
        } catch (Refusal refusal) {
            ofSites.decrementAndGet();
            throw refusal;
        }
    }

    private void addOf(SiteId site) {
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
        ofSites.decrementAndGet();
        bySite.computeIfPresent(site, (id, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        synchronized (unknown) {
            return unknown.size() + ofSites.get();
        }
    }

    int open(SiteId site) {
        return bySite.getOrDefault(site, 0);
    }
}
