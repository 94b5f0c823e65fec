package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import ch.qos.logback.classic.Level;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompLimits;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StompClientTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    static Path folder;

    private static TestNetwork network;

    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void network() {
        network = TestNetwork.create(folder);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private ScriptedServer server(ScriptedServer.Script script) {
        ScriptedServer server = ScriptedServer.start(network.identity(TestNetwork.HQ), script);
        open.add(server);
        return server;
    }

    private static LinkOptions options(int port) {
        return LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), port)
                .withDelays(Duration.ofMillis(20), Duration.ofMillis(200));
    }

    private StompClient client(int port) {
        return new StompClient(network.identity(LAB), options(port));
    }

    private StompClient linked(StompClient client) {
        open.add(LinkedSite.start(new HqComponent(client)));
        return client;
    }

    private StompClient connected(StompClient client) {
        linked(client);
        await().until(client::isConnected);
        return client;
    }

    private static StompFrame send(String body) {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/exchange/labs")
                .body(body.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aRequestCompletesWithItsReceipt() throws Exception {
        ScriptedServer server = server((connection, frame) -> StompReplies.receipt(frame));
        StompClient client = connected(client(server.port()));
        StompFrame receipt = get(client.request(send("content")));
        assertThat(receipt.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(server.frames().get(0).body())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("content");
        assertThat(server.connections().get(0).peer()).isEqualTo(LAB);
        assertThat(client.connection().peer()).isEqualTo(TestNetwork.HQ);
    }

    @Test
    void namesTheConnectionAsTheServersLogDoes() throws Exception {
        ScriptedServer server = server((connection, frame) -> StompReplies.receipt(frame));
        try (LoggedLines log = LoggedLines.of(StompClient.class)) {
            get(connected(client(server.port())).request(send("content")));

            assertThat(log.at(Level.INFO)).anySatisfy(line -> assertThat(line)
                    .contains(
                            "connected to DC-HQ",
                            "session " + server.connections().get(0).id()));
        }
    }

    @Test
    void routesThatAreAddedLaterMakeNoConnectionMore() throws Exception {
        ScriptedServer server = server((connection, frame) -> StompReplies.receipt(frame));
        StompClient client = client(server.port());
        AtomicInteger connections = new AtomicInteger();
        client.onConnected(connection -> connections.incrementAndGet());
        LinkedSite site = LinkedSite.start(new HqComponent(client));
        open.add(site);
        await().until(client::isConnected);

        site.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:later").process(exchange -> {});
            }
        });

        await().during(Duration.ofMillis(500)).untilAtomic(connections, is(1));
    }

    @Test
    void aConnectionThatAnotherReplacesLeavesNoRequestWaiting() throws Exception {
        ScriptedServer server = server((connection, frame) -> null);
        StompClient client = connected(client(server.port()));
        CompletableFuture<StompFrame> request = client.request(send("under way"));

        linked(client);

        assertThatThrownBy(() -> get(request))
                .cause()
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("another connection took its place");
    }

    @Test
    void receiptsInAnyOrderReachTheirOwnRequests() throws Exception {
        List<StompFrame> held = new CopyOnWriteArrayList<>();
        ScriptedServer server = server((connection, frame) -> {
            held.add(0, frame);
            if (held.size() == 3) {
                held.forEach(each -> connection.send(StompReplies.receiptOf(each.header(Headers.RECEIPT))
                        .header("echo", new String(each.body(), StandardCharsets.UTF_8))
                        .build()));
            }
            return null;
        });
        StompClient client = connected(client(server.port()));
        CompletableFuture<StompFrame> one = client.request(send("one"));
        CompletableFuture<StompFrame> two = client.request(send("two"));
        CompletableFuture<StompFrame> three = client.request(send("three"));
        assertThat(get(one).header("echo")).isEqualTo("one");
        assertThat(get(two).header("echo")).isEqualTo("two");
        assertThat(get(three).header("echo")).isEqualTo("three");
    }

    @Test
    void aRejectedReceiptIsARefusalAndTheConnectionStays() throws Exception {
        ScriptedServer server = server((connection, frame) -> frame.body().length == 0
                ? StompReplies.receipt(frame)
                : StompReplies.refusal(
                        connection, frame, new Refusal(Refusal.Code.CONFLICT, "expected: the same\nbytes")));
        StompClient client = connected(client(server.port()));
        assertThatThrownBy(() -> get(client.request(send("refused"))))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT);
                    assertThat(refusal.reason()).isEqualTo("expected: the same\nbytes");
                });
        get(client.request(send("")));
        assertThat(server.connections()).hasSize(1);
    }

    @Test
    void aServersFailureIsALostConnectionAndTheClientComesBack() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ScriptedServer server = server((connection, frame) -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("a secret of the server");
            }
            return StompReplies.receipt(frame);
        });
        StompClient client = connected(client(server.port()));
        assertThatThrownBy(() -> get(client.request(send("first"))))
                .cause()
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageNotContaining("secret");
        await().until(() -> client.isConnected());
        await().ignoreException(ExecutionException.class).untilAsserted(() -> get(client.request(send("second"))));
    }

    @Test
    void whatBelongsToOneConnectionIsNotSentOnTheNext() throws Exception {
        ScriptedServer server = server((connection, frame) -> StompReplies.receipt(frame));
        StompClient client = connected(client(server.port()));
        OneConnection first = client.onThisConnection();
        assertThat(get(first.request(send("part 1"))).command()).isEqualTo(StompCommand.RECEIPT);
        StompConnection broken = client.connection();
        server.connections().get(0).close();
        await().until(() -> client.isConnected() && client.connection() != broken);

        assertThatThrownBy(() -> get(first.request(send("part 2")))).hasCauseInstanceOf(ConnectionLostException.class);
        assertThat(get(client.onThisConnection().request(send("part 1"))).command())
                .isEqualTo(StompCommand.RECEIPT);
        assertThat(server.frames())
                .extracting(frame -> new String(frame.body(), StandardCharsets.UTF_8))
                .containsExactly("part 1", "part 1");
    }

    @Test
    void startsWhileTheServerIsDownAndConnectsWhenItComes() {
        int port = ScriptedServer.freePort();
        StompClient client = linked(client(port));
        assertThat(client.isConnected()).isFalse();
        assertThat(client.request(send("early")))
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ConnectionLostException.class);
        open.add(
                0,
                ScriptedServer.start(
                        network.identity(TestNetwork.HQ),
                        port,
                        StompLimits.DEFAULT,
                        ConnectionLimits.DEFAULT,
                        (connection, frame) -> null));
        await().until(client::isConnected);
    }

    @Test
    void comesBackAfterTheServerRestartsAndFailsWhatWasUnderWay() throws Exception {
        ScriptedServer first = server((connection, frame) -> null);
        AtomicInteger connections = new AtomicInteger();
        StompClient client = client(first.port());
        client.onConnected(connection -> connections.incrementAndGet());
        connected(client);
        CompletableFuture<StompFrame> request = client.request(send("under way"));
        first.close();
        assertThatThrownBy(() -> get(request)).cause().isInstanceOf(ConnectionLostException.class);
        await().until(() -> !client.isConnected());
        open.add(ScriptedServer.start(
                network.identity(TestNetwork.HQ),
                first.port(),
                StompLimits.DEFAULT,
                ConnectionLimits.DEFAULT,
                (connection, frame) -> StompReplies.receipt(frame)));
        await().untilAtomic(connections, is(2));
        get(client.request(send("again")));
    }

    @Test
    void refusesAServerThatIsAnotherSite() {
        ScriptedServer server = ScriptedServer.start(
                network.identity(SiteId.of("XX-HQ")), (connection, frame) -> StompReplies.receipt(frame));
        open.add(server);
        StompClient client = linked(client(server.port()));
        await().until(() -> client.lastFault().contains("expected the server DC-HQ, found XX-HQ"));
        assertThat(client.isConnected()).isFalse();
    }

    @Test
    void refusesAServerOfAnotherNetwork() {
        TestNetwork other = TestNetwork.create(folder.resolve("other"));
        ScriptedServer server = ScriptedServer.start(other.identity(TestNetwork.HQ), (connection, frame) -> null);
        open.add(server);
        StompClient client = linked(client(server.port()));
        await().until(() -> client.lastFault().contains("not issued by this network's CA"));
        assertThat(client.isConnected()).isFalse();
    }

    @Test
    void stopsLastSoThatAnswersStillReachTheRoutesThatDrain() throws Exception {
        List<StompConnection> connections = new CopyOnWriteArrayList<>();
        ScriptedServer server = server((connection, frame) -> {
            connections.add(connection);
            return null;
        });
        StompClient client = client(server.port());
        LinkedSite site = LinkedSite.start(new HqComponent(client));
        open.add(site);
        await().until(client::isConnected);
        CompletableFuture<StompFrame> request = client.request(send("last"));
        site.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:publish").routeId("publish").process(exchange -> get(request));
            }
        });
        Future<Object> inFlight = site.context()
                .createFluentProducerTemplate()
                .to("direct:publish")
                .asyncRequest(Object.class);
        await().until(() -> site.context().getInflightRepository().size("publish") == 1 && !connections.isEmpty());
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(site::close);
        await().until(() -> !site.context().isStarted());
        assertThat(client.isConnected()).isTrue();
        connections.get(0).send(StompReplies.receiptOf("r1").build());
        get(request);
        inFlight.get(60, TimeUnit.SECONDS);
        get(stopped);
        assertThat(client.isConnected()).isFalse();
    }
}
