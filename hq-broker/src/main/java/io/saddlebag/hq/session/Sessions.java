package io.saddlebag.hq.session;

import io.saddlebag.hq.queue.Dispatcher;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.stomp.StompConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of all connections, one a connection from its first frame to its end. Safe for any number of threads. */
public final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final SessionLimits limits;
    private final Dispatcher dispatcher;
    private final Executor threads;
    private final Set<Session> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong lastNumber = new AtomicLong();

    /** @param threads shared by all sessions, for what may block */
    public Sessions(SessionLimits limits, Dispatcher dispatcher, Executor threads) {
        this.limits = limits;
        this.dispatcher = dispatcher;
        this.threads = threads;
    }

    /** The connection's session; a new one at its first frame. Called on the connection's event loop. */
    Session of(StompConnection connection) {
        Session known = connection.attachment(Session.class);
        if (known != null) {
            return known;
        }
        Session session = new Session(
                lastNumber.incrementAndGet(),
                connection.peer(),
                new ConnectionLink(connection),
                limits,
                dispatcher,
                threads);
        connection.attach(session);
        open.add(session);
        LOG.info("{} is at work on connection {}", session.site(), connection.id());
        connection.onClose(() -> {
            open.remove(session);
            session.close();
            LOG.info("{} left connection {}", session.site(), connection.id());
        });
        return session;
    }

    /** Ends connections that do what they may do no more. */
    public void apply(Topology topology) {
        for (Session session : open) {
            session.keepOnly(queue -> topology.mayConsume(session.site(), queue));
        }
    }

    public int count() {
        return open.size();
    }
}
