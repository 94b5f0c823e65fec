package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.testing.FreezableProxy;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection on which nothing arrives any more and nothing closes. */
class FrozenConnectionTest {
    private static final Duration BEAT = Duration.ofMillis(150);

    @TempDir
    Path folder;

    @Test
    void bothEndsNoticeBySilenceAndTheClientComesBack() {
        TestNetwork network = TestNetwork.create(folder);
        ConnectionLimits limits = new ConnectionLimits(10, 10, Duration.ofSeconds(5), BEAT, false);
        try (ScriptedServer server = ScriptedServer.start(
                        network.identity(TestNetwork.HQ),
                        ScriptedServer.freePort(),
                        StompLimits.DEFAULT,
                        limits,
                        (connection, frame) -> null);
                FreezableProxy cable = FreezableProxy.to(server.port())) {
            StompClient client = new StompClient(
                    network.identity("FL-LAB"),
                    LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), cable.port())
                            .withHeartBeat(BEAT)
                            .withDelays(Duration.ofMillis(20), Duration.ofMillis(100)));
            try (LinkedSite site = LinkedSite.start(new HqComponent(client))) {
                await().until(client::isConnected);
                StompConnection first = client.connection();
                // Heart-beats alone keep it open.
                await().during(BEAT.multipliedBy(4)).until(() -> client.connection() == first);
                CompletableFuture<StompFrame> request = client.request(StompFrame.of(StompCommand.BEGIN)
                        .header(Headers.TRANSACTION, "1")
                        .build());
                await().until(() -> server.frames().size() == 1);
                cable.freeze();
                await().until(request::isCompletedExceptionally);
                assertThat(client.lastFault()).isNotBlank();
                await().until(() -> !server.connections().get(0).isOpen());
                cable.thaw();
                cable.cut();
                await().until(() -> client.isConnected() && client.connection() != first);
                assertThat(site.context().isStarted()).isTrue();
            }
        }
    }
}
