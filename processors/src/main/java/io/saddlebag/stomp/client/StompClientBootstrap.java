package io.saddlebag.stomp.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.netty.NettyConfiguration;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.NettyServerBootstrapConfiguration;
import org.apache.camel.component.netty.NettyServerBootstrapFactory;
import org.apache.camel.component.netty.NettyWorkerPoolBuilder;
import org.apache.camel.component.netty.handlers.ServerChannelHandler;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the connection of a camel-netty consumer in client mode: Camel's own waits for it on the starting thread and
 * tries again at one fixed interval. Here the start succeeds whether or not the server is there, attempts wait for
 * nothing, and pauses grow (see {@link Backoff}). The number of threads comes from the consumer's endpoint, host and port
 * from the options: a host is no part of a URI here.
 *
 * <p>Camel gives a bootstrap factory that is named on the endpoint no consumer to deliver to; {@link Policy}, named on
 * the same route, brings it.
 */
public final class StompClientBootstrap extends ServiceSupport implements NettyServerBootstrapFactory {
    private static final Logger LOG = LoggerFactory.getLogger(StompClientBootstrap.class);
    /** After a connection that lasted this long the delays start anew. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long STOP_SECONDS = 2;

    private final SiteIdentity identity;
    private final LinkOptions options;
    private final StompClient client;
    private final SslContext tls;
    private final Backoff backoff;
    private volatile Route route;
    private final HostAddresses addresses;
    private final Clock clock;
    private final AddressOrder order = new AddressOrder();
    private final RepeatedFaults faults = new RepeatedFaults();
    private volatile EventLoopGroup group;
    private volatile EventLoop loop;
    private volatile ConnectionRace race;
    private volatile Channel channel;
    private volatile boolean stopping;

    StompClientBootstrap(
            SiteIdentity identity, LinkOptions options, StompClient client, HostAddresses addresses, Clock clock) {
        this.identity = identity;
        this.options = options;
        this.client = client;
        this.addresses = addresses;
        this.clock = clock;
        this.tls = TlsContexts.client(identity, options.server());
        this.backoff = new Backoff(options.firstDelay(), options.longestDelay(), new SecureRandom());
    }

    /** Gives the bootstrap the consumer of its route. */
    static final class Policy extends RoutePolicySupport {
        private final StompClientBootstrap bootstrap;

        Policy(StompClientBootstrap bootstrap) {
            this.bootstrap = bootstrap;
        }

        @Override
        public void onInit(Route initialized) {
            bootstrap.route = initialized;
        }
    }

    @Override
    protected void doStart() throws Exception {
        if (route == null) {
            throw new IllegalStateException(
                    "Expected the route of this consumer to name routePolicyRef: hqLinkPolicy, found that it does not");
        }
        stopping = false;
        NettyConfiguration configuration = consumer().getConfiguration();
        group = new NettyWorkerPoolBuilder()
                .withWorkerCount(configuration.getWorkerCount())
                .withName("StompClient")
                .build();
        loop = group.next();
        // The targets of frames may start after this consumer, so that no frame may arrive before all have started.
        // Camel calls again for each route that is added later; another connection would take the place of this one.
        AtomicBoolean begun = new AtomicBoolean();
        route.getCamelContext().addStartupListener((context, alreadyStarted) -> {
            if (begun.compareAndSet(false, true)) {
                connect();
            }
        });
    }

    private NettyConsumer consumer() {
        return (NettyConsumer) route.getConsumer();
    }

    private void connect() {
        EventLoop used = loop;
        if (stopping || used == null) {
            return;
        }
        String host = options.host().value();
        // Name servers may take half a minute to answer; a stop does not wait for them.
        Thread resolving = new Thread(
                () -> {
                    try {
                        List<InetAddress> found = addresses.of(host);
                        execute(used, () -> race(used, found));
                    } catch (UnknownHostException e) {
                        execute(
                                used,
                                () -> failed("expected the name to have an address, found none ("
                                        + Printable.of(e.getMessage()) + ")"));
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
        connected.closeFuture().addListener(closed -> {
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
            connectLater();
        });
    }

    private void failed(String fault) {
        client.broke(fault);
        client.attemptFailed();
        connectLater();
    }

    private void fill(Channel opened, StompConnection connection) {
        SslHandler ssl = tls.newHandler(opened.alloc(), options.host().value(), options.port());
        ssl.setHandshakeTimeoutMillis(options.opening().toMillis() * 2);
        StompPipeline.fill(opened, ssl, options.limits());
        opened.pipeline()
                .addLast("stomp", new StompClientEnd(connection, identity.trust(), options, client, clock))
                .addLast("camel", new ServerChannelHandler(consumer()));
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
                                "site={} no connection to {} at {}, next attempt in {} ms, then less often, at least"
                                        + " every {}: {}{}",
                                identity.site(),
                                options.server(),
                                options.host().withPort(options.port()),
                                pause.toMillis(),
                                options.longestDelay(),
                                fault,
                                repeats),
                        () -> LOG.debug("site={} next attempt in {} ms: {}", identity.site(), pause.toMillis(), fault));
    }

    @Override
    protected void doStop() throws Exception {
        stopping = true;
        StompConnection open = client.connection();
        if (open != null) {
            client.broke("this site stops");
            open.send(StompFrame.of(StompCommand.DISCONNECT).build());
        }
        ConnectionRace running = race;
        EventLoop used = loop;
        if (running != null && used != null) {
            execute(used, running::cancel);
        }
        Channel last = channel;
        if (last != null) {
            last.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
        EventLoopGroup loops = group;
        group = null;
        loop = null;
        if (loops != null) {
            loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void init(
            CamelContext camelContext,
            NettyServerBootstrapConfiguration configuration,
            ChannelInitializer<Channel> pipelineFactory) {
        // Camel calls this only for a factory that it has made itself.
    }

    @Override
    public void init(
            ThreadFactory threadFactory,
            NettyServerBootstrapConfiguration configuration,
            ChannelInitializer<Channel> pipelineFactory) {
        // Camel calls this only for a factory that several consumers share.
    }

    @Override
    public void addChannel(Channel opened) {
        // The one channel is known since it was made.
    }

    @Override
    public void removeChannel(Channel closed) {
        // A close listener was added when it was made.
    }

    @Override
    public void addConsumer(NettyConsumer consumer) {
        // Works for the one consumer of its route.
    }

    @Override
    public void removeConsumer(NettyConsumer consumer) {
        // Works for the one consumer of its route.
    }
}
