package io.saddlebag.hq.session;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * One connection of a site: its site, its subscriptions, its frames in flight. Safe for any number of threads; no
 * method blocks.
 */
public final class Session {
    /**
     * Reasons not to read, besides the connection's own limits: the site has too much in flight, is too fast, or has more
     * than its share while all sites together have too much.
     */
    static final int SITE_FULL = 2;

    static final int SITE_FAST = 4;
    static final int OVER_SHARE = 8;
    private static final int OWN_FULL = 1;

    /**
     * The limits of one connection.
     *
     * @param inFlightBytes of frames that are not answered yet, headers included; above it nothing more is read from the
     *     connection
     * @param inFlightFrames likewise, counted
     * @param subscriptions at the same time
     * @param uploads of messages in several parts, open at the same time
     */
    public record Limits(long inFlightBytes, int inFlightFrames, int subscriptions, int uploads) {}

    private final SiteId site;
    private final ClientConnection connection;
    private final Limits limits;
    private final Dispatcher dispatcher;
    private final SerialExecutor inOrder;
    private final SiteQuota quota;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final Map<String, Runnable> follows = new HashMap<>();
    private final List<Runnable> onClose = new ArrayList<>();
    private long bytes;
    private int frames;
    private int holds;
    private boolean closed;

    /**
     * @param threads shared; where the session's blocking work is done, in order
     */
    public Session(SiteId site, ClientConnection connection, Limits limits, Dispatcher dispatcher, Executor threads) {
        this(
                site,
                connection,
                limits,
                dispatcher,
                threads,
                new SiteQuota(SiteLimits.NONE, null, () -> 0, InFlightBudget.UNLIMITED));
    }

    /** @param quota what the site's connections have together */
    Session(
            SiteId site,
            ClientConnection connection,
            Limits limits,
            Dispatcher dispatcher,
            Executor threads,
            SiteQuota quota) {
        this.quota = quota;
        this.site = site;
        this.connection = connection;
        this.limits = limits;
        this.dispatcher = dispatcher;
        this.inOrder = new SerialExecutor(threads);
    }

    /** The site of the client's certificate. */
    public SiteId site() {
        return site;
    }

    public ClientConnection connection() {
        return connection;
    }

    public Limits limits() {
        return limits;
    }

    /** Runs tasks of this session one at a time, in order, where they may block. */
    public Executor inOrder() {
        return inOrder;
    }

    /**
     * Runs the rest of a route after a commit: the connection's event loop. The answers to one commit go out there
     * together, in one flush, and no thread is woken for each. Tasks must not block.
     */
    public Executor answers() {
        return connection::execute;
    }

    /** Counts a frame as in flight. Nothing more is read while there is too much in flight. */
    public void admit(int size) {
        quota.admit(size);
        synchronized (this) {
            bytes += size;
            frames++;
            if (bytes > limits.inFlightBytes() || frames > limits.inFlightFrames()) {
                hold(OWN_FULL);
            }
        }
    }

    /** The answer to an admitted frame is out. Reading resumes once half of the room is free. */
    public void release(int size) {
        quota.release(size);
        synchronized (this) {
            bytes -= size;
            frames--;
            if (bytes <= limits.inFlightBytes() / 2 && frames <= limits.inFlightFrames() / 2) {
                letGo(OWN_FULL);
            }
        }
    }

    /** The site publishes a message on this connection. */
    public void published() {
        quota.published();
    }

    /** Nothing is read until {@link #letGo} was called for each reason. Told to the connection in order, hence the monitor. */
    synchronized void hold(int reason) {
        if (holds == 0) {
            connection.pauseReading();
        }
        holds |= reason;
    }

    synchronized void letGo(int reason) {
        if (holds == reason) {
            connection.resumeReading();
        }
        holds &= ~reason;
    }

    /**
     * Adds a subscription and begins to feed it.
     *
     * @throws Refusal {@code MALFORMED} when the client used its id before, {@code TOO_LARGE} when there are too many
     */
    public void subscribe(Subscription subscription) {
        synchronized (this) {
            if (closed) {
                return;
            }
            requireFree(subscription.id());
            subscriptions.put(subscription.id(), subscription);
        }
        dispatcher.add(subscription);
        synchronized (this) {
            if (!closed) {
                return;
            }
        }
        dispatcher.remove(subscription);
    }

    /**
     * Adds a subscription to something other than a queue.
     *
     * @param end runs once when it ends, with the connection at the latest
     * @throws Refusal as {@link #subscribe}
     */
    public void follow(String id, Runnable end) {
        synchronized (this) {
            if (!closed) {
                requireFree(id);
                follows.put(id, end);
                return;
            }
        }
        end.run();
    }

    private void requireFree(String id) {
        if (subscriptions.size() + follows.size() >= limits.subscriptions()) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected at most " + limits.subscriptions()
                            + " subscriptions on a connection, found one more. Unsubscribe or open another connection");
        }
        if (subscriptions.containsKey(id) || follows.containsKey(id)) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected a subscription id of its own, found '" + Printable.of(id) + "' again. Choose another id");
        }
    }

    /** The subscription to a queue of that id; empty when there is none. */
    public Optional<Subscription> subscription(String id) {
        return Optional.ofNullable(subscriptions.get(id));
    }

    /** Ends a subscription and gives back what it has in flight; false when there is none of that id. */
    public boolean unsubscribe(String id) {
        Runnable end;
        synchronized (this) {
            end = follows.remove(id);
        }
        if (end != null) {
            end.run();
            return true;
        }
        Subscription subscription = subscriptions.remove(id);
        if (subscription == null) {
            return false;
        }
        dispatcher.remove(subscription);
        return true;
    }

    /**
     * A delivery that this connection has in flight; it stays in flight.
     *
     * @throws Refusal {@code NOT_PERMITTED} when the token names none
     */
    public PendingDelivery inFlight(String token) {
        return ofToken(token, Subscription::inFlight);
    }

    /**
     * Takes a delivery out of flight, to be settled.
     *
     * @throws Refusal {@code NOT_PERMITTED} when the token names nothing that this connection has in flight
     */
    public PendingDelivery takeInFlight(String token) {
        return ofToken(token, Subscription::takeInFlight);
    }

    private PendingDelivery ofToken(String token, BiFunction<Subscription, String, PendingDelivery> look) {
        for (Subscription subscription : subscriptions.values()) {
            PendingDelivery pending = look.apply(subscription, token);
            if (pending != null) {
                return pending;
            }
        }
        throw new Refusal(
                Code.NOT_PERMITTED,
                "Expected the ack header of a MESSAGE that this connection has in flight, found '"
                        + Printable.of(token)
                        + "'. It was settled before, or given back when its connection or subscription ended");
    }

    /** Ends the connection when it consumes what it may consume no more: the client learns of it by connecting again. */
    void keepOnly(Predicate<String> permittedQueue) {
        for (Subscription subscription : subscriptions.values()) {
            if (!permittedQueue.test(subscription.queue())) {
                connection.close();
                return;
            }
        }
    }

    /** Runs the action when the connection ends; in this call when it has ended. */
    public void onClose(Runnable action) {
        synchronized (this) {
            if (!closed) {
                onClose.add(action);
                return;
            }
        }
        action.run();
    }

    /** True once the connection has ended; the work on its frames may still run. */
    public synchronized boolean isClosed() {
        return closed;
    }

    /** The connection has ended: its deliveries in flight wait again. */
    public void close() {
        List<Runnable> actions;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            actions = new ArrayList<>(onClose);
            actions.addAll(follows.values());
            onClose.clear();
            follows.clear();
        }
        subscriptions.values().forEach(dispatcher::remove);
        subscriptions.clear();
        actions.forEach(Runnable::run);
    }
}
