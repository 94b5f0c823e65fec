package io.saddlebag.stomp.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.saddlebag.clock.Durations;
import io.saddlebag.identity.CurrentTls;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.netty.NettyWorkerPoolBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one client connected from {@link #connect} to {@link #stop}. A client of several addresses stays at one as long as
 * its connection holds. Then it tries the others in an order of the site's own, without a pause; a pause (see {@link
 * Backoff}) comes after each round. But for the calls from outside, everything runs on one event loop.
 */
final class LinkKeeper {
    /** The name that its lines had when the component wrote them. */
    private static final Logger LOG = LoggerFactory.getLogger(HqComponent.class);

    /** After a connection that lasted this long the delays start anew. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** The time of an address in the first round, where another may answer sooner. */
    private static final Duration HURRIED = Duration.ofSeconds(3);

    private static final long STOP_SECONDS = 2;
    /** Longer than headquarters takes to answer what came before a DISCONNECT. */
    private static final long DISCONNECT_SECONDS = 12;

    private final StompClient client;
    private final SiteId site;
    private final LinkOptions options;
    private final CurrentTls tls;
    private final Backoff backoff;
    private final List<Place> places = new ArrayList<>();
    private final RepeatedFaults faults = new RepeatedFaults();
    /** The faults of this round, by address. */
    private final List<String> found = new ArrayList<>();

    private final EventLoop loop = new NettyWorkerPoolBuilder()
            .withWorkerCount(1)
            .withName("StompClient")
            .build()
            .next();
    private volatile ConnectionRace race;
    private volatile Channel channel;
    private volatile boolean stopping;
    private int current;
    private int rounds;
    /** The connection that is to end because another takes its place. */
    private Channel replaced;

    /** One of the addresses, and the order of those that its name has. */
    private record Place(HostAndPort address, AddressOrder names) {}

    LinkKeeper(StompClient client) {
        this.client = client;
        this.site = client.identity.now().site();
        this.options = client.options;
        this.tls = new CurrentTls(client.identity, identity -> TlsContexts.client(identity, options.server()));
        this.backoff = new Backoff(options.firstDelay(), options.longestDelay(), new SecureRandom());
        options.orderFor(site).forEach(address -> places.add(new Place(address, new AddressOrder())));
    }

    /** Makes the first attempt. Waits for nothing. */
    void connect() {
        if (stopping) {
            return;
        }
        Place place = places.get(current);
        String host = place.address().host().value();
        // Name servers may take half a minute to answer; a stop does not wait for them.
        Thread resolving = new Thread(
                () -> {
                    try {
                        List<InetAddress> names = client.addresses.of(host);
                        execute(() -> race(place, names));
                    } catch (UnknownHostException e) {
                        execute(() -> failed("expected the name to have an address, found none ("
                                + Printable.reason(e.getMessage()) + ")"));
                    }
                },
                "StompClient-resolve");
        resolving.setDaemon(true);
        resolving.start();
    }

    private void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The link is being stopped", e);
        }
    }

    private Duration opening() {
        boolean isHurried = places.size() > 1 && rounds == 0 && HURRIED.compareTo(options.opening()) < 0;
        return isHurried ? HURRIED : options.opening();
    }

    private void race(Place place, List<InetAddress> names) {
        if (stopping) {
            return;
        }
        Duration opening = opening();
        ConnectionRace begun = new ConnectionRace(
                loop,
                place.names().of(names),
                place.address().port(),
                connected -> connected(connected, place, opening),
                this::failed);
        race = begun;
        begun.start(new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) opening.toMillis()));
    }

    private void connected(Channel connected, Place place, Duration opening) {
        channel = connected;
        InetAddress address = ((InetSocketAddress) connected.remoteAddress()).getAddress();
        StompConnection connection = StompConnection.openOn(connected);
        HostAndPort dialled = place.address();
        SslHandler ssl = tls.get().newHandler(connected.alloc(), dialled.host().value(), dialled.port());
        ssl.setHandshakeTimeoutMillis(opening.toMillis() * 2);
        StompPipeline.fill(connected, ssl, options.limits());
        connected.pipeline().addLast("stomp", new StompClientEnd(connection, client, opening));
        // Not a listener of the close, which comes before the handlers have learned the reason of it.
        connected.pipeline().addLast("ended", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                ended(connected, connection, place, address);
            }
        });
    }

    private void ended(Channel ended, StompConnection connection, Place place, InetAddress address) {
        OptionalLong lasted = connection.nanosSinceOpened();
        if (lasted.isEmpty()) {
            place.names().disappointed(address);
            client.attemptFailed();
        } else {
            place.names().worked(address);
        }
        if (lasted.isPresent() && lasted.getAsLong() >= GOOD_NANOS) {
            backoff.reset();
            faults.over();
            found.clear();
            rounds = 0;
        }
        if (ended == replaced) {
            connect();
        } else {
            goOn(lasted.isPresent());
        }
    }

    private void failed(String fault) {
        client.broke(fault);
        client.attemptFailed();
        goOn(false);
    }

    /** To the next address: immediately as long as this round has not tried it, else after a pause. */
    private void goOn(boolean hadSession) {
        if (stopping) {
            return;
        }
        if (places.size() > 1) {
            HostAndPort left = places.get(current).address();
            found.add(left + ": " + client.lastFault());
            current = (current + 1) % places.size();
            if (found.size() < places.size()) {
                if (!hadSession) {
                    reportNext(left, client.lastFault());
                }
                connect();
                return;
            }
            client.broke(String.join("; ", found));
            found.clear();
            rounds++;
        }
        connectLater();
    }

    private void reportNext(HostAndPort left, String fault) {
        faults.occurred(left + RepeatedFaults.kindOf(fault))
                .ifPresentOrElse(
                        repeats -> LOG.warn(
                                "site={} no connection to {} at {}, the next address is tried: {}{}",
                                site,
                                options.server(),
                                left,
                                fault,
                                repeats),
                        () -> LOG.debug("site={} the next address is tried: {}", site, fault));
    }

    /** The pause begins when the attempt has ended. */
    private void connectLater() {
        Duration pause = backoff.next();
        report(client.lastFault(), pause);
        try {
            loop.schedule(this::connect, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The link is being stopped", e);
        }
    }

    /** Logs the first fault of each kind, and repeats less and less often. */
    private void report(String fault, Duration pause) {
        faults.occurred(RepeatedFaults.kindOf(fault))
                .ifPresentOrElse(
                        repeats -> LOG.warn(
                                "site={} no connection to {} at {}, next attempt in {}, then less often, at least"
                                        + " every {}: {}{}",
                                site,
                                options.server(),
                                options.place(),
                                Durations.text(pause),
                                Durations.text(options.longestDelay()),
                                fault,
                                repeats),
                        () -> LOG.debug("site={} next attempt in {}: {}", site, Durations.text(pause), fault));
    }

    /** Headquarters answers what is under way and closes; the next connection shows the new certificate. */
    void renewed() {
        execute(this::replace);
    }

    private void replace() {
        Channel open = channel;
        if (stopping || open == null || !open.isActive() || open == replaced) {
            return;
        }
        replaced = open;
        StompConnection connection = client.connection();
        if (connection == null) {
            // Its handshake may have begun with the certificate before.
            open.close();
            return;
        }
        client.broke("this site has new certificates");
        connection.send(StompFrame.of(StompCommand.DISCONNECT).build());
        open.eventLoop().schedule(() -> open.close(), DISCONNECT_SECONDS, TimeUnit.SECONDS);
    }

    /** Says DISCONNECT and closes the connection, within a bound. */
    void stop() {
        stopping = true;
        StompConnection open = client.connection();
        if (open != null) {
            client.broke("this site stops");
            open.send(StompFrame.of(StompCommand.DISCONNECT).build());
        }
        ConnectionRace running = race;
        if (running != null) {
            execute(running::cancel);
        }
        Channel last = channel;
        if (last != null) {
            last.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
        loop.parent()
                .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
