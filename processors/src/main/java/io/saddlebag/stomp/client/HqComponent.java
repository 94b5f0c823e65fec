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
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Endpoint;
import org.apache.camel.component.netty.NettyWorkerPoolBuilder;
import org.apache.camel.support.DefaultComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheme {@code hq:<kind>/<name>}: the destinations of headquarters, over the site's one connection. The component
 * connects when every route has started, and again with growing pauses (see {@link Backoff}); no attempt makes the start
 * wait. It closes the connection when every route has stopped, so that answers still come in while routes drain.
 */
public final class HqComponent extends DefaultComponent {
    public static final String SCHEME = "hq";

    private static final Logger LOG = LoggerFactory.getLogger(HqComponent.class);
    /** After a connection that lasted this long the delays start anew. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long STOP_SECONDS = 2;
    /** Longer than headquarters takes to answer what came before a DISCONNECT. */
    private static final long DISCONNECT_SECONDS = 12;

    private static final Set<String> KINDS =
            Set.of("keys", "receipts", "chain", "log", HqEndpoint.REVOCATIONS, HqEndpoint.EXCHANGE);

    private final StompClient client;
    private final Map<String, EndpointFactory> others;
    private final SiteId site;
    private final LinkOptions options;
    private final CurrentTls tls;
    private final Backoff backoff;
    private final AddressOrder order = new AddressOrder();
    private final RepeatedFaults faults = new RepeatedFaults();
    private volatile EventLoop loop;
    private volatile ConnectionRace race;
    private volatile Channel channel;
    private volatile boolean stopping;
    /** The connection that is to end because another takes its place; the event loop alone touches it. */
    private Channel replaced;

    /** Makes the endpoints of a kind that an application adds. Their setters take the parameters of the URI. */
    @FunctionalInterface
    public interface EndpointFactory {
        Endpoint create(String uri, HqComponent component, String name);
    }

    public HqComponent(StompClient client) {
        this(client, Map.of());
    }

    /** @param others by kind, such as {@code queue} */
    public HqComponent(StompClient client, Map<String, EndpointFactory> others) {
        this.client = client;
        this.others = Map.copyOf(others);
        this.site = client.identity.now().site();
        this.options = client.options;
        this.tls = new CurrentTls(client.identity, identity -> TlsContexts.client(identity, options.server()));
        client.identity.onRenewal(this::renewed);
        this.backoff = new Backoff(options.firstDelay(), options.longestDelay(), new SecureRandom());
    }

    StompClient client() {
        return client;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String destination, Map<String, Object> parameters) {
        String[] parts = destination.split("/", 2);
        String kind = parts[0];
        String name = parts.length == 1 ? "" : parts[1];
        if (others.containsKey(kind)) {
            return others.get(kind).create(uri, this, name);
        }
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException("Expected a destination of headquarters such as " + SCHEME
                    + ":keys/CA-RC, found " + SCHEME + ":" + Printable.of(destination) + ". Correct the route");
        }
        return new HqEndpoint(uri, this, kind, name);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        stopping = false;
        loop = new NettyWorkerPoolBuilder()
                .withWorkerCount(1)
                .withName("StompClient")
                .build()
                .next();
        // No frame may come before all routes have started. Camel calls again for each route that is added later, and
        // another connection would take the place of this one.
        AtomicBoolean begun = new AtomicBoolean();
        getCamelContext().addStartupListener((context, alreadyStarted) -> {
            if (begun.compareAndSet(false, true)) {
                connect();
            }
        });
    }

    private void connect() {
        if (stopping) {
            return;
        }
        EventLoop used = loop;
        String host = options.host().value();
        // Name servers may take half a minute to answer; a stop does not wait for them.
        Thread resolving = new Thread(
                () -> {
                    try {
                        List<InetAddress> found = client.addresses.of(host);
                        execute(used, () -> race(used, found));
                    } catch (UnknownHostException e) {
                        execute(
                                used,
                                () -> failed("expected the name to have an address, found none ("
                                        + Printable.reason(e.getMessage()) + ")"));
                    }
                },
                "StompClient-resolve");
        resolving.setDaemon(true);
        resolving.start();
    }

    private void execute(EventLoop used, Runnable task) {
        try {
            used.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The link is being stopped", e);
        }
    }

    private void race(EventLoop used, List<InetAddress> found) {
        if (stopping) {
            return;
        }
        ConnectionRace begun = new ConnectionRace(used, order.of(found), options.port(), this::connected, this::failed);
        race = begun;
        begun.start(new Bootstrap()
                .group(used)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        options.opening().toMillis()));
    }

    private void connected(Channel connected) {
        channel = connected;
        InetAddress address = ((InetSocketAddress) connected.remoteAddress()).getAddress();
        StompConnection connection = StompConnection.openOn(connected);
        fill(connected, connection);
        // Not a listener of the close, which comes before the handlers have learned the reason of it.
        connected.pipeline().addLast("ended", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                ended(connected, connection, address);
            }
        });
    }

    private void ended(Channel ended, StompConnection connection, InetAddress address) {
        OptionalLong lasted = connection.nanosSinceOpened();
        if (lasted.isEmpty()) {
            order.disappointed(address);
            client.attemptFailed();
        } else {
            order.worked(address);
        }
        if (lasted.isPresent() && lasted.getAsLong() >= GOOD_NANOS) {
            backoff.reset();
            faults.over();
        }
        if (ended == replaced) {
            connect();
        } else {
            connectLater();
        }
    }

    /** Headquarters answers what is under way and closes; the next connection shows the new certificate. */
    private void renewed() {
        EventLoop used = loop;
        if (used != null) {
            execute(used, this::replace);
        }
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

    private void failed(String fault) {
        client.broke(fault);
        client.attemptFailed();
        connectLater();
    }

    private void fill(Channel opened, StompConnection connection) {
        SslHandler ssl = tls.get().newHandler(opened.alloc(), options.host().value(), options.port());
        ssl.setHandshakeTimeoutMillis(options.opening().toMillis() * 2);
        StompPipeline.fill(opened, ssl, options.limits());
        opened.pipeline().addLast("stomp", new StompClientEnd(connection, client));
    }

    /** On the event loop, the only one that touches the back-off. The pause begins when the attempt has ended. */
    private void connectLater() {
        if (stopping) {
            return;
        }
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
                                options.host().withPort(options.port()),
                                Durations.text(pause),
                                Durations.text(options.longestDelay()),
                                fault,
                                repeats),
                        () -> LOG.debug("site={} next attempt in {}: {}", site, Durations.text(pause), fault));
    }

    /** Says DISCONNECT and closes the connection, within a bound. Camel stops components after all routes. */
    @Override
    protected void doStop() throws Exception {
        stopping = true;
        if (loop == null) {
            return;
        }
        StompConnection open = client.connection();
        if (open != null) {
            client.broke("this site stops");
            open.send(StompFrame.of(StompCommand.DISCONNECT).build());
        }
        ConnectionRace running = race;
        if (running != null) {
            execute(loop, running::cancel);
        }
        Channel last = channel;
        if (last != null) {
            last.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
        loop.parent()
                .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        super.doStop();
    }
}
