package io.saddlebag.hq.session;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.PeerClock;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of all connections, one a connection from its first frame to its end. Safe for any number of threads. */
public final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final Session.Limits limits;
    private final Dispatcher dispatcher;
    private final Executor threads;
    private final Function<SiteId, SiteLimits> limitsOf;
    private final ScheduledExecutorService later;
    private final InFlightBudget budget;
    private final ConcurrentMap<SiteId, SiteQuota> quotas = new ConcurrentHashMap<>();
    private final LimitedLines lines = new LimitedLines();
    private final Set<Session> open = ConcurrentHashMap.newKeySet();

    /**
     * @param threads shared by all sessions, for what may block
     * @param limitsOf what a site may have over all its connections
     * @param later where connections are read again after a pause
     * @param budget of all sites
     */
    public Sessions(
            Session.Limits limits,
            Dispatcher dispatcher,
            Executor threads,
            Function<SiteId, SiteLimits> limitsOf,
            ScheduledExecutorService later,
            InFlightBudget budget) {
        this.budget = budget;
        this.limitsOf = limitsOf;
        this.later = later;
        this.limits = limits;
        this.dispatcher = dispatcher;
        this.threads = threads;
    }

    /** The connection's session; a new one at its first frame. Called on the connection's event loop. */
    public Session of(StompConnection connection) {
        Session known = connection.attachment(Session.class);
        if (known != null) {
            return known;
        }
        SiteQuota quota = quotas.computeIfAbsent(
                connection.peer(), site -> new SiteQuota(limitsOf.apply(site), later, System::nanoTime, budget));
        Session session = new Session(
                connection.peer(), new StompClientConnection(connection), limits, dispatcher, threads, quota);
        connection.attach(session);
        open.add(session);
        quota.join(session);
        log("is at work on", session, connection);
        connection.onClose(() -> {
            open.remove(session);
            quota.leave(session);
            session.close();
            log("left", session, connection);
        });
        return session;
    }

    /** A site that connects again and again fills no disk. */
    private void log(String what, Session session, StompConnection connection) {
        lines.line(session.site() + " " + what)
                .ifPresent(more -> LOG.info("{} {} connection {}{}", session.site(), what, connection.id(), more));
    }

    /** Ends connections that do what they may do no more. */
    public void apply(Topology topology) {
        quotas.forEach((site, quota) -> quota.limits(topology.limitsOf(site)));
        for (Session session : open) {
            session.keepOnly(queue -> topology.mayConsume(session.site(), queue));
        }
    }

    /** Ends all connections; their sites may come back. */
    public void closeAll() {
        open.forEach(session -> session.connection().close());
    }

    public int count() {
        return open.size();
    }

    public Map<SiteId, Long> countBySite() {
        return open.stream().collect(Collectors.groupingBy(Session::site, Collectors.counting()));
    }

    /**
     * The connections of a site.
     *
     * @param clockOffset its clock against this one's in seconds; null when it did not tell
     */
    public record OfSite(long connections, Double clockOffset) {
        private static OfSite of(Session session) {
            return new OfSite(
                    1,
                    session.connection()
                            .peerClock()
                            .map(clock -> clock.ahead().toMillis() / 1e3)
                            .orElse(null));
        }

        private OfSite and(OfSite other) {
            return new OfSite(connections + other.connections, clockOffset == null ? other.clockOffset : clockOffset);
        }
    }

    public Map<SiteId, OfSite> bySite() {
        return open.stream().collect(Collectors.toMap(Session::site, OfSite::of, OfSite::and));
    }

    /** A session's STOMP connection. */
    private static final class StompClientConnection implements ClientConnection {
        private final StompConnection connection;
        private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

        StompClientConnection(StompConnection connection) {
            this.connection = connection;
            connection.onWritable(this::runWaiting);
        }

        @Override
        public void send(StompFrame frame) {
            connection.send(frame);
        }

        @Override
        public boolean isWritable() {
            return connection.isWritable();
        }

        /** An action that waits already is not added twice. */
        @Override
        public void onWritable(Runnable action) {
            waiting.add(action);
            if (connection.isWritable()) {
                runWaiting();
            }
        }

        private void runWaiting() {
            for (Runnable action : waiting) {
                if (waiting.remove(action)) {
                    action.run();
                }
            }
        }

        @Override
        public boolean rejectionsAsReceipts() {
            return connection.rejectionsAsReceipts();
        }

        @Override
        public Optional<PeerClock> peerClock() {
            return connection.peerClock();
        }

        @Override
        public void execute(Runnable task) {
            try {
                connection.execute(task);
            } catch (RejectedExecutionException e) {
                task.run();
            }
        }

        @Override
        public void pauseReading() {
            connection.pauseReading();
        }

        @Override
        public void resumeReading() {
            connection.resumeReading();
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
