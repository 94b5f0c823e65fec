package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.FreezableProxy;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A laboratory's link to headquarters of several nodes: one connection, to whichever of them answers. */
class SeveralAddressesTest {
    /** No test waits for a pause: whoever pauses does not come in time. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final Duration BEAT = Duration.ofMillis(500);

    @TempDir
    static Path folder;

    private static TestNetwork network;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final AtomicInteger handshakes = new AtomicInteger();

    @BeforeAll
    static void network() {
        network = TestNetwork.create(folder);
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private ScriptedServer node() {
        return node(TestNetwork.HQ, ScriptedServer.freePort());
    }

    private ScriptedServer node(SiteId site, int port) {
        ConnectionLimits limits = new ConnectionLimits(10, 10, Duration.ofSeconds(30), BEAT, false);
        ScriptedServer server = ScriptedServer.start(
                network.identity(site),
                port,
                StompLimits.DEFAULT,
                limits,
                (connection, frame) -> StompReplies.receipt(frame));
        open.push(server);
        return server;
    }

    private static HostAndPort address(int port) {
        return new HostAndPort(HostName.of("127.0.0.1"), port);
    }

    private static LinkOptions options(List<HostAndPort> addresses) {
        return LinkOptions.to(TestNetwork.HQ, addresses).withDelays(LONG, LONG);
    }

    private StompClient link(LinkOptions options) {
        StompClient client = new StompClient(network.identity("FL-LAB"), options);
        open.push(LinkedSite.start(new HqComponent(client)));
        return client;
    }

    private static void awaitAt(StompClient client, int port) {
        await().until(() -> {
            StompConnection connection = client.connection();
            return connection != null && connection.remoteAddress().endsWith(":" + port);
        });
    }

    /** The ports in the order in which the laboratory goes through them. */
    private static List<Integer> inOrder(Integer... ports) {
        List<HostAndPort> addresses =
                Stream.of(ports).map(SeveralAddressesTest::address).toList();
        return LinkOptions.to(TestNetwork.HQ, addresses).orderFor(SiteId.of("FL-LAB")).stream()
                .map(HostAndPort::port)
                .toList();
    }

    private static List<HostAndPort> addresses(List<Integer> ports) {
        return ports.stream().map(SeveralAddressesTest::address).toList();
    }

    @Test
    void goesToTheOtherNodeAtOnceAndStaysThere() throws Exception {
        ScriptedServer one = node();
        ScriptedServer two = node();
        List<Integer> ports = inOrder(one.port(), two.port());
        StompClient client = link(options(addresses(ports)));
        awaitAt(client, ports.get(0));
        ScriptedServer first = one.port() == ports.get(0) ? one : two;

        first.close();
        awaitAt(client, ports.get(1));
        ScriptedServer again = node(TestNetwork.HQ, ports.get(0));

        client.request(StompFrame.of(StompCommand.SEND).build()).get(60, TimeUnit.SECONDS);
        assertThat(again.connections()).isEmpty();
        awaitAt(client, ports.get(1));
    }

    /** All four are passed without a pause: nothing listens, a wrong site, one that is silent, one that sends ERROR. */
    @Test
    void passesNodesThatRefuseInEachWay() throws Exception {
        ScriptedServer good = node();
        int nobody = ScriptedServer.freePort();
        ScriptedServer wrong = node(SiteId.of("CA-RC"), ScriptedServer.freePort());
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        open.push(silent);
        ConnectionLimits one = new ConnectionLimits(10, 1, Duration.ofSeconds(30), BEAT, false);
        ScriptedServer full = ScriptedServer.start(
                network.identity(TestNetwork.HQ),
                ScriptedServer.freePort(),
                StompLimits.DEFAULT,
                one,
                (connection, frame) -> null);
        open.push(full);
        open.push(RawStompClient.connect(full.port(), network.identity("FL-LAB")));
        try (LoggedLines log = LoggedLines.of(HqComponent.class)) {
            StompClient client = link(
                    options(addresses(List.of(nobody, wrong.port(), silent.getLocalPort(), full.port(), good.port())))
                            .withOpening(Duration.ofMillis(500)));

            awaitAt(client, good.port());
            assertThat(log.from(Level.WARN)).allSatisfy(line -> assertThat(line)
                    .contains("no connection to DC-HQ at 127.0.0.1:")
                    .contains(", the next address is tried: "));
        }
    }

    @Test
    void leavesANodeThatIsFrozen() {
        ScriptedServer one = node();
        ScriptedServer two = node();
        FreezableProxy cable;
        do {
            cable = FreezableProxy.to(one.port());
            open.push(cable);
        } while (inOrder(cable.port(), two.port()).get(0) == two.port());
        StompClient client =
                link(options(addresses(List.of(cable.port(), two.port()))).withHeartBeat(BEAT));
        awaitAt(client, cable.port());

        cable.freeze();

        awaitAt(client, two.port());
    }

    @Test
    void pausesOnlyAfterAWholeRoundAndNamesEachAddress() {
        int one = ScriptedServer.freePort();
        int two = ScriptedServer.freePort();
        try (LoggedLines log = LoggedLines.of(HqComponent.class)) {
            StompClient client = link(options(addresses(List.of(one, two))));

            await().until(() -> client.lastFault().contains("127.0.0.1:" + one + ": ")
                    && client.lastFault().contains("127.0.0.1:" + two + ": "));
            assertThat(log.from(Level.WARN)).hasSize(2);
            assertThat(log.from(Level.WARN).get(1))
                    .contains("at 127.0.0.1:" + one + ", 127.0.0.1:" + two + ", next attempt in ");
        }
    }

    /** It says nothing, so that no fault of another attempt may pass for its own. */
    @Test
    void namesANodeThatClosesWithoutAnAnswer() {
        List<Integer> ports = inOrder(closing(), closing());
        StompClient client = link(options(addresses(ports)).withDelays(Duration.ofMillis(1), Duration.ofMillis(1)));

        await().until(() -> handshakes.get() > 10);
        assertThat(client.lastFault())
                .matches("(127.0.0.1:[0-9]+: )?expected the answer to CONNECT, found the connection closed(; .*)?")
                .hasSizeLessThan(200);
    }

    /** Where TLS is set up, and then the connection ends. */
    private int closing() {
        SslContext tls = TlsContexts.server(network.identity(TestNetwork.HQ));
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        open.push(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        Channel listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslHandler ssl = tls.newHandler(channel.alloc());
                        ssl.handshakeFuture().addListener(done -> {
                            handshakes.incrementAndGet();
                            channel.close();
                        });
                        channel.pipeline().addLast(ssl);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Laboratories do not all sit on one node, and those of a node that dies do not all go to one other. */
    @Test
    void laboratoriesSpreadOverTheNodesAndAgainWhenOneDies() {
        List<HostAndPort> addresses = HostAndPort.several("hq1:61617,hq2:61617,hq3:61617");
        List<List<HostAndPort>> orders = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            orders.add(LinkOptions.to(TestNetwork.HQ, addresses).orderFor(SiteId.of("L" + i + "-LAB")));
        }
        for (HostAndPort address : addresses) {
            assertThat(orders).filteredOn(order -> order.get(0).equals(address)).hasSizeBetween(60, 140);
            for (HostAndPort other : addresses) {
                assertThat(orders)
                        .filteredOn(order ->
                                order.get(0).equals(address) && order.get(1).equals(other))
                        .hasSizeBetween(address.equals(other) ? 0 : 20, address.equals(other) ? 0 : 90);
            }
        }
        assertThat(LinkOptions.to(TestNetwork.HQ, addresses).orderFor(SiteId.of("L7-LAB")))
                .isEqualTo(orders.get(7));
    }
}
