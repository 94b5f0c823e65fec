package io.saddlebag.where;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site that asks a headquarters which answers, refuses, or lies. */
class AskHeadquartersTest {
    private static final SiteId SITE = SiteId.of("FL-LAB");
    private static final HeldDelivery HELD = new HeldDelivery(
            MessageId.of("FL-LAB_DAT_20251008_001"),
            SiteId.of("CA-RC"),
            Instant.EPOCH,
            Instant.EPOCH,
            1,
            Sha256.of(new byte[0]),
            null,
            HeldDelivery.WAITING,
            0,
            null,
            null,
            null,
            null,
            null);

    @TempDir
    static Path folder;

    private static TestNetwork network;

    private ScriptedServer server;
    private LinkedSite linked;
    private StompClient client;
    private AskHeadquarters questions;

    @BeforeAll
    static void makeNetwork() {
        network = TestNetwork.create(folder);
    }

    @AfterEach
    void stop() {
        linked.close();
        server.close();
    }

    /** Each frame of the answer to each question, before its receipt. */
    private void serve(byte[]... bodies) {
        serve(Duration.ofSeconds(20), false, bodies);
    }

    private void serve(Duration patience, boolean lateSubscription, byte[]... bodies) {
        server = ScriptedServer.start(network.identity(TestNetwork.HQ), (connection, frame) -> {
            if (lateSubscription && "/where/FL-LAB".equals(frame.header(Headers.DESTINATION))) {
                return null;
            }
            if (frame.command() == StompCommand.SEND) {
                for (byte[] body : bodies) {
                    connection.send(StompFrame.of(StompCommand.MESSAGE)
                            .header(Headers.SUBSCRIPTION, "where-FL-LAB")
                            .header(Headers.MORE, "true")
                            .body(body)
                            .build());
                }
            }
            return StompFrame.of(StompCommand.RECEIPT)
                    .header(Headers.RECEIPT_ID, frame.header(Headers.RECEIPT))
                    .build();
        });
        client = new StompClient(
                network.identity(SITE.value()),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())
                        .withDelays(Duration.ofMillis(20), Duration.ofMillis(200)));
        questions = new AskHeadquarters(HqLinks.of(client), SITE, TestNetwork.HQ, patience);
        linked = LinkedSite.start(new HqComponent(client), new RouteBuilder() {
            @Override
            public void configure() {
                from("hq:keys/CA-RC").routeId("keys").to("log:keys?level=TRACE");
            }
        });
        await().until(client::isConnected);
    }

    private AskHeadquarters.Answer ask() throws Exception {
        return questions.ask(List.of("FL-LAB_DAT_*")).get(30, TimeUnit.SECONDS);
    }

    @Test
    void collectsTheFramesOfAnAnswerAndSubscribesOnce() throws Exception {
        serve(Json.write(List.of(HELD)), Json.write(List.of(HELD)));

        assertThat(ask()).isEqualTo(new AskHeadquarters.Answer(TestNetwork.HQ, true, null, true, List.of(HELD, HELD)));
        assertThat(ask().deliveries()).hasSize(2);
        assertThat(server.frames())
                .filteredOn(frame -> "/where/FL-LAB".equals(frame.header(Headers.DESTINATION)))
                .hasSize(1);
    }

    /** Headquarters refuses a second subscription, which could end the connection. */
    @Test
    void subscribesOnceThoughTheAnswerIsLate() throws Exception {
        serve(Duration.ofMillis(50), true);

        assertThat(ask().fault()).contains("it did not answer within");
        assertThat(ask().fault()).contains("it did not answer within");
        assertThat(server.frames())
                .filteredOn(frame -> "/where/FL-LAB".equals(frame.header(Headers.DESTINATION)))
                .hasSize(1);
    }

    @Test
    void takesNothingThatCannotBeReadAndNoFloodAndAsksAgain() throws Exception {
        serve("[{}]".getBytes());
        assertThat(ask().fault()).contains("Expected JSON (list, each held delivery)");
        assertThat(ask().deliveries()).isEmpty();
        linked.close();
        server.close();

        byte[] held = Json.write(List.of(HELD));
        byte[] padded = new byte[1 << 20];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(held, 0, padded, 0, held.length);
        serve(padded, padded, padded, padded, padded);
        assertThat(ask().fault()).contains("Expected an answer of at most");
        assertThat(ask().deliveries()).isEmpty();
    }

    @Test
    void saysThatThereIsNoConnection() throws Exception {
        serve();
        server.close();
        await().until(() -> !client.isConnected());

        AskHeadquarters.Answer answer = ask();

        assertThat(answer.connected()).isFalse();
        assertThat(answer.fault()).isNotEmpty();
        assertThat(answer.deliveries()).isEmpty();
    }
}
