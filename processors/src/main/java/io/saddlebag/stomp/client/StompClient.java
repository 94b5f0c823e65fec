package io.saddlebag.stomp.client;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.PeerClock;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's link to headquarters, or to a node of it, kept up by the component {@link HqComponent}: connected whenever the
 * server can be reached, connected again with growing pauses when it breaks. Methods may be called by any thread and never
 * block; listeners and futures are completed on the link's event loop and must not block it either.
 *
 * <p>A break fails every request under way with {@link ConnectionLostException}: the server may or may not have acted
 * on it, so that it has to be repeated after {@link #onConnected}. The client keeps no frame for later.
 */
public final class StompClient {
    private static final Logger LOG = LoggerFactory.getLogger(StompClient.class);

    /** The memory of frames that may wait for the routes, in bytes; a queue's deliveries have an {@link Intake} of their own. */
    private static final long MOST_WAITING = 8L << 20;

    final CurrentIdentity identity;
    private final SiteId site;
    final LinkOptions options;
    final HostAddresses addresses;
    final Clock clock;
    /** Counts the frames of the routes of the component {@code hq}. */
    final Intake intake;

    private final PendingRequests requests;
    private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();
    private final List<Consumer<StompConnection>> connectedListeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger failedAttempts = new AtomicInteger();
    private final RepeatedFaults clockFaults = new RepeatedFaults();
    private volatile StompConnection connection;
    private volatile PeerClock serverClock;
    private volatile String lastFault = "no attempt was made yet";

    public StompClient(CurrentIdentity identity, LinkOptions options) {
        this(identity, options, Clock.systemUTC());
    }

    /** @param clock the time of this clock is sent to the server, which compares it */
    public StompClient(CurrentIdentity identity, LinkOptions options, Clock clock) {
        this(identity, options, HostAddresses.OF_THE_SYSTEM, clock);
    }

    public StompClient(CurrentIdentity identity, LinkOptions options, HostAddresses addresses, Clock clock) {
        this(identity, options, addresses, clock, usualIntake());
    }

    StompClient(CurrentIdentity identity, LinkOptions options, HostAddresses addresses, Clock clock, Intake intake) {
        this.intake = intake;
        this.identity = identity;
        this.site = identity.now().site();
        this.options = options;
        this.addresses = addresses;
        this.clock = clock;
        this.requests = new PendingRequests(options.answer(), System::nanoTime);
        LOG.info("site={} {}", site, TlsContexts.description());
    }

    static Intake usualIntake() {
        return new Intake(MOST_WAITING);
    }

    /** Turns a host into its addresses, in the order in which they are to be tried. Waits for name servers. */
    @FunctionalInterface
    public interface HostAddresses {
        /** The system's resolver. */
        HostAddresses OF_THE_SYSTEM = host -> List.of(InetAddress.getAllByName(host));

        /** @throws UnknownHostException when there is none; at least one address otherwise */
        List<InetAddress> of(String host) throws UnknownHostException;
    }

    /** A route that takes the MESSAGE frames of a subscription. Both methods run on the link's event loop and must not block it. */
    public interface Subscriber {
        /** A new connection, before any frame comes on it. */
        void connected(StompConnection connection);

        /** In the order of the wire. */
        void take(StompFrame frame, StompConnection connection);
    }

    /**
     * From now on the frames of a subscription go to this subscriber; frames of a subscription without one are dropped.
     *
     * @throws IllegalStateException when another takes them
     */
    public void register(String subscription, Subscriber subscriber) {
        if (subscribers.putIfAbsent(subscription, subscriber) != null) {
            throw new IllegalStateException("Expected one route for the subscription " + Printable.of(subscription)
                    + ", found two. Remove one of them");
        }
    }

    /** @return true when it was registered, which it is no more */
    public boolean unregister(String subscription, Subscriber subscriber) {
        return subscribers.remove(subscription, subscriber);
    }

    /**
     * Sends a frame and asks for its receipt.
     *
     * @return completes with the RECEIPT; fails with {@link Refusal} when the server refused the frame, with {@link
     *     ConnectionLostException} when there is no connection or it breaks before the answer
     */
    public CompletableFuture<StompFrame> request(StompFrame frame) {
        return request(frame, connection);
    }

    /**
     * As {@link #request}, on the current connection only: for frames that have to follow earlier ones on the same
     * connection.
     */
    public OneConnection onThisConnection() {
        StompConnection used = connection;
        return new OneConnection(
                frame -> request(frame, used),
                used == null ? new PartWindow(() -> true) : used.attachment(PartWindow.class));
    }

    /** As {@link #request(StompFrame)}; fails when that connection is not the current one. */
    public CompletableFuture<StompFrame> request(StompFrame frame, StompConnection used) {
        if (used == null || used != connection) {
            return CompletableFuture.failedFuture(notConnected());
        }
        PendingRequests.Pending request = requests.add(frame.command());
        Map<String, String> headers = new LinkedHashMap<>(frame.headers());
        headers.put(Headers.RECEIPT, request.id());
        used.send(new StompFrame(frame.command(), headers, frame.body()), request::written);
        // A break after the first look may have failed all requests before this one was among them.
        if (connection != used && requests.take(request.id()) != null) {
            request.answer().completeExceptionally(notConnected());
        }
        return request.answer();
    }

    /**
     * Sends a frame without waiting for an answer.
     *
     * @return false when there is no connection; true does not say that it arrived
     */
    public boolean send(StompFrame frame) {
        StompConnection used = connection;
        if (used == null) {
            return false;
        }
        used.send(frame);
        return true;
    }

    private ConnectionLostException notConnected() {
        return new ConnectionLostException(
                "expected a connection to " + options.server() + ", found none (" + lastFault + ")");
    }

    /** Calls back with each new connection, after the subscribers and before any frame comes on it. Call before the routes start. */
    public void onConnected(Consumer<StompConnection> listener) {
        connectedListeners.add(listener);
    }

    /** The address that it is to reach, or several, as logs have them. */
    public String place() {
        return options.place();
    }

    public boolean isConnected() {
        return connection != null;
    }

    /** The current connection; null when there is none. */
    public StompConnection connection() {
        return connection;
    }

    /** The server's clock against this site's, as the newest connection showed it; empty before the first. */
    public Optional<PeerClock> serverClock() {
        return Optional.ofNullable(serverClock);
    }

    /** The reason why the last connection ended or the last attempt failed, for logs. */
    public String lastFault() {
        return lastFault;
    }

    void broke(String reason) {
        lastFault = reason;
    }

    /** An attempt ended before CONNECTED. */
    void attemptFailed() {
        failedAttempts.incrementAndGet();
    }

    void opened(StompConnection opened, String session) {
        StompConnection former = connection;
        if (former != null) {
            broke("another connection took its place");
            closed(former);
            former.close();
        }
        opened.attach(PartWindow.of(opened, options.addresses().size() > 1));
        connection = opened;
        lastFault = "the server closed the connection";
        int failed = failedAttempts.getAndSet(0);
        LOG.info(
                "site={} connected to {} at {}, session {}{}",
                site,
                opened.peer(),
                opened.remoteAddress(),
                session,
                failed == 0 ? "" : ", after " + failed + " failed attempts");
        opened.peerClock().ifPresent(found -> compareClocks(opened, found));
        subscribers.values().forEach(subscriber -> subscriber.connected(opened));
        connectedListeners.forEach(listener -> listener.accept(opened));
    }

    private void compareClocks(StompConnection opened, PeerClock found) {
        serverClock = found;
        if (!found.differs()) {
            if (clockFaults.over() > 0) {
                LOG.info("site={} clock: differs no more from the one of {}", site, opened.peer());
            }
            return;
        }
        Instant here = clock.instant();
        clockFaults
                .occurred(found.ahead().isNegative() ? "behind" : "ahead")
                .ifPresent(repeats -> LOG.warn(
                        "site={} clock: the one of {} is {} this site's, {} there and {} here. Correct the one that is"
                                + " wrong: messages with a ttl expire by the clock of headquarters{}",
                        site,
                        opened.peer(),
                        found.difference(),
                        here.plus(found.ahead()),
                        here,
                        repeats));
    }

    void closed(StompConnection closed) {
        if (connection != closed) {
            return;
        }
        connection = null;
        LOG.info("site={} disconnected from {}: {}", site, closed.peer(), lastFault);
        requests.fail(new ConnectionLostException("the connection to " + closed.peer() + " broke: " + lastFault));
    }

    /** Names the fault when an answer is overdue. */
    Optional<String> overdue() {
        return requests.overdue();
    }

    /** A MESSAGE goes to its subscriber, a RECEIPT or an ERROR to the request that it answers. */
    void received(StompFrame frame, StompConnection from) {
        if (frame.command() != StompCommand.MESSAGE) {
            answered(frame);
            return;
        }
        String subscription = frame.header(Headers.SUBSCRIPTION);
        Subscriber subscriber = subscription == null ? null : subscribers.get(subscription);
        if (subscriber == null) {
            LOG.debug("site={} a MESSAGE for no subscription: {}", site, Printable.of(subscription));
        } else {
            subscriber.take(frame, from);
        }
    }

    private void answered(StompFrame reply) {
        String id = reply.header(Headers.RECEIPT_ID);
        CompletableFuture<StompFrame> request = requests.take(id);
        if (request == null) {
            if (reply.command() == StompCommand.RECEIPT) {
                LOG.debug("site={} a RECEIPT for no request: {}", site, Printable.of(id));
            }
            return;
        }
        if (reply.command() == StompCommand.ERROR) {
            request.completeExceptionally(refusal(reply, Headers.MESSAGE));
        } else if (Headers.STATUS_REJECTED.equals(reply.header(Headers.STATUS))) {
            request.completeExceptionally(refusal(reply, Headers.REASON));
        } else {
            request.complete(reply);
        }
    }

    /** The refusal in the server's words. An unknown code is a fault of the server and may be tried again. */
    private static Exception refusal(StompFrame reply, String reasonHeader) {
        String reason = reply.header(reasonHeader);
        String text = reason == null ? "no reason given" : reason;
        try {
            return new Refusal(Refusal.Code.ofText(String.valueOf(reply.header(Headers.CODE))), text);
        } catch (IllegalArgumentException e) {
            return new ConnectionLostException("the server failed: " + Printable.reason(text), e);
        }
    }
}
