package io.saddlebag.hq.session;

import io.saddlebag.hq.routing.Topology.SiteLimits;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes that all connections of a site have in flight together, and its publishing rate. Above its limits none of
 * them is read, so that TCP holds the site back; nothing is refused. Safe for any number of threads; no method blocks.
 */
final class SiteQuota {
    private static final Logger LOG = LoggerFactory.getLogger(SiteQuota.class);
    /** A burst of this much of the rate is allowed. */
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();
    private final ScheduledExecutorService later;
    private final LongSupplier nanoTime;
    private final InFlightBudget budget;
    private volatile SiteLimits limits;
    private volatile boolean full;
    private volatile boolean overShare;
    private boolean fast;
    /** When the site will have kept to its rate, by {@code nanoTime}. */
    private long due;

    /**
     * @param later where connections are read again; its tasks are short
     * @param budget of all sites
     */
    SiteQuota(SiteLimits limits, ScheduledExecutorService later, LongSupplier nanoTime, InFlightBudget budget) {
        this.budget = budget;
        this.limits = limits;
        this.later = later;
        this.nanoTime = nanoTime;
        this.due = nanoTime.getAsLong() - BURST_NANOS;
    }

    synchronized void join(Session session) {
        if (sessions.isEmpty()) {
            budget.joined();
        }
        sessions.add(session);
        if (overShare) {
            session.hold(Session.OVER_SHARE);
        }
        if (full) {
            session.hold(Session.SITE_FULL);
        }
        if (fast) {
            session.hold(Session.SITE_FAST);
        }
    }

    synchronized void leave(Session session) {
        if (sessions.remove(session) && sessions.isEmpty()) {
            budget.left();
        }
    }

    void limits(SiteLimits changed) {
        limits = changed;
        release(0);
    }

    /** Counts a frame's bytes as in flight. */
    void admit(int size) {
        long now = bytes.addAndGet(size);
        budget.admit(size);
        if (!overShare && budget.isSpent(now)) {
            holdOverShare();
        }
        long limit = limits.inFlightBytes();
        if (limit > 0 && now > limit && !full) {
            fill();
        }
    }

    private synchronized void fill() {
        long limit = limits.inFlightBytes();
        if (!full && limit > 0 && bytes.get() > limit) {
            full = true;
            sessions.forEach(session -> session.hold(Session.SITE_FULL));
        }
    }

    /** The answer to an admitted frame is out. Reading resumes once half of the room is free. */
    void release(int size) {
        long now = bytes.addAndGet(-size);
        budget.release(size);
        if (overShare && budget.hasRoom(now)) {
            letGoOverShare();
        }
        if (full) {
            drain();
        }
    }

    private synchronized void holdOverShare() {
        if (!overShare && budget.isSpent(bytes.get())) {
            overShare = true;
            sessions.forEach(session -> session.hold(Session.OVER_SHARE));
        }
    }

    private synchronized void letGoOverShare() {
        if (overShare && budget.hasRoom(bytes.get())) {
            overShare = false;
            sessions.forEach(session -> session.letGo(Session.OVER_SHARE));
        }
    }

    private synchronized void drain() {
        long limit = limits.inFlightBytes();
        if (full && (limit == 0 || bytes.get() <= limit / 2)) {
            full = false;
            sessions.forEach(session -> session.letGo(Session.SITE_FULL));
        }
    }

    /** The site publishes a message. */
    void published() {
        int rate = limits.rate();
        if (rate > 0) {
            count(rate);
        }
    }

    private synchronized void count(int rate) {
        long now = nanoTime.getAsLong();
        due = Math.max(due - now, -BURST_NANOS) + now + SECOND_NANOS / rate;
        if (due - now > 0 && !fast) {
            fast = true;
            sessions.forEach(session -> session.hold(Session.SITE_FAST));
            lookAgainIn(due - now);
        }
    }

    private synchronized void lookAgain() {
        long wait = limits.rate() == 0 ? 0 : due - nanoTime.getAsLong();
        if (wait > 0) {
            lookAgainIn(wait);
        } else {
            fast = false;
            sessions.forEach(session -> session.letGo(Session.SITE_FAST));
        }
    }

    private void lookAgainIn(long nanos) {
        try {
            later.schedule(this::lookAgain, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("no more reading, headquarters is stopping");
        }
    }
}
