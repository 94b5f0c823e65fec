package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client reaches its server by every form of host and by whichever address answers. */
class ReachingServerTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    static Path folder;

    private static TestNetwork network;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final int port = ScriptedServer.freePort();

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

    private ScriptedServer listen(String host) {
        ScriptedServer server = ScriptedServer.start(
                network.identity(TestNetwork.HQ), HostName.of(host), port, (connection, frame) -> null);
        open.push(server);
        return server;
    }

    private LinkOptions options(String host) {
        return LinkOptions.to(TestNetwork.HQ, HostName.of(host), port)
                .withDelays(Duration.ofMillis(20), Duration.ofMillis(200));
    }

    private StompClient link(LinkOptions options, StompClient.HostAddresses addresses) {
        StompClient client = new StompClient(network.identity(LAB), options, addresses, Clock.systemUTC());
        open.push(LinkedSite.start(new HqComponent(client)));
        return client;
    }

    private static StompClient.HostAddresses of(String... texts) {
        return host -> {
            List<InetAddress> addresses = new ArrayList<>();
            for (String text : texts) {
                addresses.add(InetAddress.getByName(text));
            }
            return addresses;
        };
    }

    private static void assumeIpv6() throws IOException {
        boolean has = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
        assumeTrue(has, "this machine has no ::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", " 127.0.0.1 "})
    void byNameAndIpv4(String host) {
        listen("127.0.0.1");
        StompClient client = link(options(host), StompClient.HostAddresses.OF_THE_SYSTEM);
        await().until(client::isConnected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "[::1]", "0:0:0:0:0:0:0:1"})
    void byIpv6(String host) throws IOException {
        assumeIpv6();
        listen(host);
        StompClient client = link(options(host), StompClient.HostAddresses.OF_THE_SYSTEM);
        await().until(client::isConnected);
        assertThat(client.connection().peer()).isEqualTo(TestNetwork.HQ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_hq", "hq.example.org.", "bücher.example", "x--y.example"})
    void byNamesThatNoUriHolds(String host) {
        listen("127.0.0.1");
        List<String> asked = new ArrayList<>();
        StompClient client = link(options(host), name -> {
            asked.add(name);
            return of("127.0.0.1").of(name);
        });
        await().until(client::isConnected);
        assertThat(asked).containsOnly(HostName.of(host).value());
    }

    @Test
    void pastAnAddressThatRefuses() {
        listen("127.0.0.1");
        StompClient client = link(options("my_hq"), of("127.0.0.2", "127.0.0.3", "127.0.0.1"));
        await().until(client::isConnected);
        assertThat(client.connection().remoteAddress()).isEqualTo("127.0.0.1:" + port);
    }

    @Test
    void fromOneFamilyToTheOther() throws IOException {
        assumeIpv6();
        listen("::1");
        StompClient client = link(options("my_hq"), of("127.0.0.2", "::1"));
        await().until(client::isConnected);
    }

    /** Without waiting for its end: an address may be silent for longer than anybody waits. */
    @Test
    void pastAnAddressThatDoesNotAnswer() throws IOException {
        ServerSocket full = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"));
        open.push(full);
        fill(full);
        listen("127.0.0.1");
        StompClient client = link(options("my_hq").withOpening(Duration.ofHours(1)), of("127.0.0.2", "127.0.0.1"));
        await().until(client::isConnected);
        assertThat(client.connection().remoteAddress()).isEqualTo("127.0.0.1:" + port);
    }

    /** Until the kernel drops what comes, as a firewall does. */
    private void fill(ServerSocket full) throws IOException {
        for (int i = 0; i < 64; i++) {
            Socket socket = new Socket();
            open.push(socket);
            try {
                socket.connect(full.getLocalSocketAddress(), 500);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        assumeTrue(false, "this kernel takes every connection for a socket that accepts none");
    }

    /** Such as a load balancer whose server is dead. */
    @Test
    void pastAnAddressThatTakesConnectionsAndIsSilent() throws IOException {
        open.push(new ServerSocket(port, 50, InetAddress.getByName("127.0.0.2")));
        listen("127.0.0.1");
        StompClient client = link(options("my_hq").withOpening(Duration.ofSeconds(2)), of("127.0.0.2", "127.0.0.1"));
        await().until(client::isConnected);
        assertThat(client.connection().remoteAddress()).isEqualTo("127.0.0.1:" + port);
    }

    @Test
    void namesEveryAddressThatItTried() {
        StompClient client = link(options("my_hq"), of("127.0.0.2", "127.0.0.3"));
        await().until(() -> client.lastFault().startsWith("127.0.0.2: refused. ")
                && client.lastFault().contains("; 127.0.0.3: refused. "));
    }

    @Test
    void saysWhichNameHasNoAddress() {
        StompClient client = link(options("my_hq"), host -> {
            throw new UnknownHostException(host + ": Name or service not known");
        });
        await().until(() -> client.lastFault().contains("found none (my_hq: Name or service not known)"));
    }

    @Test
    void saysOnceThatTheServerIsSilent() throws Exception {
        ServerSocket silent = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
        open.push(silent);
        try (LoggedLines attempts = LoggedLines.of(HqComponent.class)) {
            StompClient client = link(options("127.0.0.1").withOpening(Duration.ofMillis(100)), of("127.0.0.1"));
            int count = 8;
            for (int i = 0; i < count; i++) {
                silent.accept();
            }
            assertThat(attempts.from(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("no connection to DC-HQ at 127.0.0.1:" + port)
                    .contains("expected TLS and STOMP to be set up within 100ms, found them unfinished");
            silent.close();
            await().until(() -> client.lastFault().contains("127.0.0.1: refused"));
            await().untilAsserted(() -> assertThat(attempts.from(Level.WARN)).hasSize(2));
        }
    }

    @Test
    void saysHowManyAttemptsItTookToConnect() {
        AtomicInteger asked = new AtomicInteger();
        listen("127.0.0.1");
        try (LoggedLines sessions = LoggedLines.of(StompClient.class)) {
            StompClient client = link(
                    options("my_hq"),
                    host -> asked.incrementAndGet() <= 3
                            ? of("127.0.0.2").of(host)
                            : of("127.0.0.1").of(host));
            await().until(client::isConnected);
            assertThat(sessions.from(Level.INFO)).anySatisfy(line -> assertThat(line)
                    .contains("connected to DC-HQ at 127.0.0.1:" + port)
                    .endsWith(", after 3 failed attempts"));
        }
    }

    @Test
    void stopsWhileTheResolverHangs() throws Exception {
        StompClient client = link(options("my_hq"), host -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        });
        open.pop().close();
        assertThat(client.isConnected()).isFalse();
    }
}
