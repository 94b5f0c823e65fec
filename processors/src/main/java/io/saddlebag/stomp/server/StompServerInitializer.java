package io.saddlebag.stomp.server;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.CurrentTls;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompLimits;
import io.saddlebag.stomp.StompPipeline;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;
import org.apache.camel.component.netty.handlers.ServerChannelHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a camel-netty consumer a STOMP 1.2 server over mutual TLS 1.3; a bean for its option {@code
 * serverInitializerFactory}. The routes get {@link StompFrame}s as bodies, of a peer that {@link StompConnection#peer}
 * names; CONNECT, DISCONNECT and heart-beats stay in here. The body at the end of a route, a frame or none, is the
 * reply when the consumer has {@code sync=true}.
 */
public final class StompServerInitializer extends ServerInitializerFactory {
    private static final Logger LOG = LoggerFactory.getLogger(StompServerInitializer.class);

    private final CurrentIdentity identity;
    private final StompLimits limits;
    private final ConnectionLimits connectionLimits;
    private final CurrentTls tls;
    private final ConnectionCount count;
    private final Clock clock;
    private final RepeatedFaults faults;
    private final LimitedLines lines;
    private final FailedConnections strangers;
    private final NettyConsumer consumer;
    private final BooleanSupplier isOpen;

    /** @param connectionsOf the limit of a site's connections, or 0 for the common one */
    public StompServerInitializer(
            CurrentIdentity identity,
            StompLimits limits,
            ConnectionLimits connectionLimits,
            ToIntFunction<SiteId> connectionsOf,
            Clock clock) {
        this(identity, limits, connectionLimits, connectionsOf, clock, () -> true);
    }

    /** @param isOpen whether connections are taken now; otherwise each is closed as it comes */
    public StompServerInitializer(
            CurrentIdentity identity,
            StompLimits limits,
            ConnectionLimits connectionLimits,
            ToIntFunction<SiteId> connectionsOf,
            Clock clock,
            BooleanSupplier isOpen) {
        this(
                identity,
                limits,
                connectionLimits,
                new CurrentTls(identity, TlsContexts::server),
                new ConnectionCount(connectionLimits, connectionsOf),
                clock,
                new RepeatedFaults(),
                new LimitedLines(),
                new FailedConnections(),
                null,
                isOpen);
        LOG.info("site={} {}", identity.now().site(), TlsContexts.description());
    }

    private StompServerInitializer(
            CurrentIdentity identity,
            StompLimits limits,
            ConnectionLimits connectionLimits,
            CurrentTls tls,
            ConnectionCount count,
            Clock clock,
            RepeatedFaults faults,
            LimitedLines lines,
            FailedConnections strangers,
            NettyConsumer consumer,
            BooleanSupplier isOpen) {
        this.isOpen = isOpen;
        this.strangers = strangers;
        this.lines = lines;
        this.identity = identity;
        this.limits = limits;
        this.connectionLimits = connectionLimits;
        this.tls = tls;
        this.count = count;
        this.clock = clock;
        this.faults = faults;
        this.consumer = consumer;
    }

    @Override
    public ServerInitializerFactory createPipelineFactory(NettyConsumer forConsumer) {
        return new StompServerInitializer(
                identity, limits, connectionLimits, tls, count, clock, faults, lines, strangers, forConsumer, isOpen);
    }

    /** The number of open connections, unauthenticated ones included. */
    public int openConnections() {
        return count.open();
    }

    @Override
    protected void initChannel(Channel channel) {
        if (!isOpen.getAsBoolean()) {
            channel.close();
            return;
        }
        count.add(channel);
        channel.closeFuture().addListener(closed -> count.remove(channel));
        StompConnection connection = StompConnection.openOn(channel);
        SslHandler ssl = tls.get().newHandler(channel.alloc());
        // The time for TLS and CONNECT together is watched by the server's end.
        ssl.setHandshakeTimeoutMillis(connectionLimits.unauthenticated().toMillis() * 2);
        StompPipeline.fill(channel, ssl, limits);
        channel.pipeline()
                .addLast(
                        "stomp",
                        new StompServerEnd(
                                connection,
                                identity.now().trust(),
                                connectionLimits,
                                count,
                                StompPipeline.serverName(),
                                clock,
                                faults,
                                lines,
                                strangers))
                .addLast("camel", new ServerChannelHandler(consumer));
    }
}
