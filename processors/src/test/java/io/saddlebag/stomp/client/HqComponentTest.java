package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HqComponentTest {
    @TempDir
    static Path folder;

    private static TestNetwork network;

    private final List<StompFrame> messages = new CopyOnWriteArrayList<>();
    private ScriptedServer server;
    private StompClient client;
    private LinkedSite site;

    @BeforeAll
    static void network() {
        network = TestNetwork.create(folder);
    }

    @AfterEach
    void close() {
        if (site != null) {
            site.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void serve(ScriptedServer.Script script) {
        server = ScriptedServer.start(network.identity(TestNetwork.HQ), script);
        client = new StompClient(
                network.identity("FL-LAB"),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())
                        .withDelays(Duration.ofMillis(20), Duration.ofMillis(200)));
    }

    private void start(String... uris) {
        site = LinkedSite.start(new HqComponent(client), new RouteBuilder() {
            @Override
            public void configure() {
                for (String uri : uris) {
                    from(uri)
                            .routeId(uri)
                            .process(exchange ->
                                    messages.add(exchange.getMessage().getBody(StompFrame.class)));
                }
            }
        });
    }

    private static StompFrame message(String subscription, int number) {
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.MESSAGE_ID_OF_STOMP, number)
                .body(new byte[100])
                .build();
    }

    private List<String> subscribed() {
        return server.frames().stream()
                .filter(frame -> frame.command() == StompCommand.SUBSCRIBE)
                .map(frame -> frame.header(Headers.ID) + " " + frame.header(Headers.DESTINATION))
                .toList();
    }

    /** A lying headquarters must not fill a laboratory's memory, neither with bodies nor with headers. */
    @Test
    void readsNoMoreWhileTooMuchWaitsForTheRoutes() throws Exception {
        serve((connection, frame) -> {
            for (int i = 0; i < 400; i++) {
                connection.send(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.SUBSCRIPTION, "keys-CA-RC")
                        .header("x", "x".repeat(20_000))
                        .body(new byte[20_000])
                        .build());
            }
            return null;
        });
        CountDownLatch hold = new CountDownLatch(1);
        site = LinkedSite.start(new HqComponent(client), new RouteBuilder() {
            @Override
            public void configure() {
                from("hq:keys/CA-RC").threads(1, 1).maxQueueSize(1000).process(exchange -> {
                    hold.await();
                    messages.add(exchange.getMessage().getBody(StompFrame.class));
                });
            }
        });

        await().until(() -> client.isConnected() && !client.connection().isReading());
        assertThat(messages).isEmpty();
        hold.countDown();

        await().until(() -> messages.size() == 400);
        assertThat(client.connection().isReading()).isTrue();
        assertThat(client.intake.waiting()).isZero();
    }

    @Test
    void messagesReachTheRouteInOrder() {
        serve((connection, frame) -> {
            for (int i = 0; i < 500; i++) {
                connection.send(message("keys-CA-RC", i));
            }
            return null;
        });
        start("hq:keys/CA-RC");
        await().until(() -> messages.size() == 500);
        for (int i = 0; i < 500; i++) {
            assertThat(messages.get(i).header(Headers.MESSAGE_ID_OF_STOMP)).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void subscribesToEachNameOnEachConnection() {
        serve((connection, frame) -> null);
        start("hq:keys/CA-RC,SF-RC");
        await().until(() -> subscribed().size() == 2);
        server.connections().get(0).close();
        await().until(() -> subscribed().size() == 4);
        assertThat(subscribed())
                .containsExactly(
                        "keys-CA-RC /keys/CA-RC",
                        "keys-SF-RC /keys/SF-RC",
                        "keys-CA-RC /keys/CA-RC",
                        "keys-SF-RC /keys/SF-RC");
    }

    /** To two nodes: each link subscribes, and a question goes over whichever is up. */
    @Test
    void hasALinkToEachNode() throws Exception {
        serve((connection, frame) -> StompReplies.receipt(frame));
        try (ScriptedServer other = ScriptedServer.start(
                network.identity(TestNetwork.HQ), (connection, frame) -> StompReplies.receipt(frame))) {
            HqLinks links = HqLinks.toEach(
                    network.identity("CA-RC"),
                    LinkOptions.to(
                                    TestNetwork.HQ,
                                    HostAndPort.several("127.0.0.1:" + server.port() + ",127.0.0.1:" + other.port()))
                            .withDelays(Duration.ofMillis(20), Duration.ofMillis(200)),
                    Clock.systemUTC());
            assertThat(links.all().get(0).intake).isSameAs(links.all().get(1).intake);
            site = LinkedSite.start(new HqComponent(links, Map.of()), new RouteBuilder() {
                @Override
                public void configure() {
                    from("hq:keys/FL-LAB")
                            .process(exchange ->
                                    messages.add(exchange.getMessage().getBody(StompFrame.class)));
                }
            });
            await().until(() -> subscribed().size() == 1 && other.frames().size() == 1);
            server.connections().get(0).send(message("keys-FL-LAB", 1));
            other.connections().get(0).send(message("keys-FL-LAB", 2));
            await().until(() -> messages.size() == 2);

            server.close();
            await().until(() -> !links.all().get(0).isConnected());

            assertThat(links.isConnected()).isTrue();
            links.request(StompFrame.of(StompCommand.SEND).build()).get(60, TimeUnit.SECONDS);
            assertThat(other.frames()).hasSize(2);
        }
    }

    @Test
    void takesTheFramesOfASubscriptionThatAStepMakes() {
        serve((connection, frame) -> message("chain-FL-LAB", 1));
        start("hq:chain/FL-LAB?subscribe=false");
        await().until(client::isConnected);
        assertThat(messages).isEmpty();
        client.send(HqEndpoint.subscribe("/chain/FL-LAB"));
        await().until(() -> messages.size() == 1);
        assertThat(subscribed()).containsExactly("chain-FL-LAB /chain/FL-LAB");
    }

    @Test
    void aStoppedRouteTakesNothingUntilItSubscribesAgain() throws Exception {
        serve((connection, frame) -> {
            if (frame.command() == StompCommand.SEND) {
                connection.send(message("another", 1));
                connection.send(message("keys-CA-RC", 2));
            }
            return StompReplies.receipt(frame);
        });
        start("hq:keys/CA-RC");
        await().until(client::isConnected);
        StompFrame more = StompFrame.of(StompCommand.SEND).build();
        client.request(more).get(60, TimeUnit.SECONDS);
        assertThat(messages).hasSize(1);
        site.context().getRouteController().stopRoute("hq:keys/CA-RC");
        client.request(more).get(60, TimeUnit.SECONDS);
        assertThat(messages).hasSize(1);
        site.context().getRouteController().startRoute("hq:keys/CA-RC");
        client.request(more).get(60, TimeUnit.SECONDS);
        assertThat(messages).hasSize(2);
        assertThat(server.frames().stream().map(StompFrame::command))
                .containsExactly(
                        StompCommand.SUBSCRIBE,
                        StompCommand.SEND,
                        StompCommand.UNSUBSCRIBE,
                        StompCommand.SEND,
                        StompCommand.SUBSCRIBE,
                        StompCommand.SEND);
        server.connections().get(0).close();
        await().until(() -> subscribed().size() == 3);
    }

    @Test
    void keepsItsConnectionWhenRoutesAreAdded() throws Exception {
        serve((connection, frame) -> StompReplies.receipt(frame));
        start("hq:keys/CA-RC");
        await().until(client::isConnected);
        site.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("hq:keys/SF-RC,NY-RC").process(exchange -> {});
                from("direct:other").to("hq:keys");
            }
        });
        await().until(() -> subscribed().size() == 3);
        client.request(StompFrame.of(StompCommand.SEND).build()).get(60, TimeUnit.SECONDS);
        assertThat(server.connections()).hasSize(1);
    }

    @Test
    void subscribesBeforeTheListenersAsk() {
        serve((connection, frame) -> null);
        client.onConnected(connection -> connection.send(HqEndpoint.subscribe("/receipts/FL-LAB")));
        start("hq:receipts/FL-LAB?subscribe=false", "hq:keys/CA-RC");
        await().until(() -> subscribed().size() == 2);
        assertThat(subscribed()).containsExactly("keys-CA-RC /keys/CA-RC", "receipts-FL-LAB /receipts/FL-LAB");
    }

    @Test
    void refusesASecondRouteForOneSubscription() {
        serve((connection, frame) -> null);
        assertThatThrownBy(() -> start("hq:keys/CA-RC", "hq:keys/CA-RC?subscribe=false"))
                .hasStackTraceContaining("Expected one route for the subscription keys-CA-RC, found two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hq:queues/x", "hq:keys/CA-RC?subscribed=false", "hq:exchange/labs", "hq:keys"})
    void refusesADestinationThatHeadquartersDoesNotHave(String uri) {
        serve((connection, frame) -> null);
        assertThatThrownBy(() -> start(uri)).hasStackTraceContaining("hq:");
    }

    private Exchange send(String uri, Object body) {
        start();
        await().until(client::isConnected);
        return site.context().createProducerTemplate().send(uri, exchange -> exchange.getMessage()
                .setBody(body));
    }

    @Test
    void aStepContinuesWhenHeadquartersHasConfirmed() {
        serve((connection, frame) -> StompReplies.receipt(frame));
        Exchange sent = send("hq:exchange/labs", "content");
        assertThat(sent.getException()).isNull();
        assertThat(server.frames()).singleElement().satisfies(frame -> {
            assertThat(frame.header(Headers.DESTINATION)).isEqualTo("/exchange/labs");
            assertThat(frame.body()).asString(StandardCharsets.UTF_8).isEqualTo("content");
        });
    }

    @Test
    void aStepFailsWithTheRefusal() {
        serve((connection, frame) ->
                StompReplies.refusal(connection, frame, new Refusal(Refusal.Code.CONFLICT, "another message")));
        assertThat(send("hq:keys", "content").getException(Refusal.class).code())
                .isEqualTo(Refusal.Code.CONFLICT);
    }

    @Test
    void anUploadSendsFramesOfItsOwnOverOneConnection() {
        serve((connection, frame) -> StompReplies.receipt(frame));
        HqEndpoint.Upload upload = connection -> {
            CompletableFuture<?>[] parts = new CompletableFuture<?>[3];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = connection.request(StompFrame.of(StompCommand.SEND)
                        .header(Headers.DESTINATION, "/exchange/others")
                        .header(Headers.PART, i + 1 + "/3")
                        .build());
            }
            return CompletableFuture.allOf(parts);
        };
        assertThat(send("hq:exchange/labs", upload).getException()).isNull();
        assertThat(server.frames())
                .extracting(frame -> frame.header(Headers.DESTINATION) + " " + frame.header(Headers.PART))
                .containsExactly("/exchange/others 1/3", "/exchange/others 2/3", "/exchange/others 3/3");
    }

    @Test
    void aStepFailsWithoutAConnection() {
        serve((connection, frame) -> null);
        server.close();
        start();
        Exchange sent = site.context()
                .createProducerTemplate()
                .send("hq:exchange/labs", exchange -> exchange.getMessage().setBody("content"));
        assertThat(sent.getException()).isInstanceOf(ConnectionLostException.class);
    }
}
