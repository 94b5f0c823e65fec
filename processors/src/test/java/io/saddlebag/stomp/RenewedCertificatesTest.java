package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.identity.RenewableIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends show renewed certificates in their next handshakes, and lose nothing that is under way. */
class RenewedCertificatesTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final StompFrame ASKED = StompFrame.of(StompCommand.SEND)
            .header(Headers.DESTINATION, Headers.KEYS)
            .build();

    @TempDir
    Path folder;

    private TestNetwork network;

    @BeforeEach
    void network() {
        network = TestNetwork.create(folder);
    }

    private static StompClient client(RenewableIdentity identity, ScriptedServer server) {
        return new StompClient(
                identity,
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())
                        .withDelays(Duration.ofMillis(20), Duration.ofMillis(200)));
    }

    @Test
    void theServerShowsTheNewOneToNewConnectionsAndKeepsTheOpenOnes() {
        RenewableIdentity identity = network.renewable(TestNetwork.HQ);
        try (ScriptedServer server =
                        ScriptedServer.start(identity, (connection, frame) -> StompReplies.receipt(frame));
                RawStompClient before = RawStompClient.connect(server.port(), network.identity(LAB))) {
            network.reissue(TestNetwork.HQ);
            identity.look();

            try (RawStompClient after = RawStompClient.connect(server.port(), network.identity(LAB))) {
                assertThat(after.serverCertificate()).isEqualTo(identity.now().tlsCertificate());
                assertThat(after.serverCertificate()).isNotEqualTo(before.serverCertificate());
            }
            before.send(StompFrame.of(StompCommand.SEND)
                    .header(Headers.DESTINATION, Headers.KEYS)
                    .header(Headers.RECEIPT, "1")
                    .build());
            assertThat(before.receive().header(Headers.RECEIPT_ID)).isEqualTo("1");
        }
    }

    @Test
    void theClientHearsTheAnswersThatAreDueAndConnectsAgainWithTheNewOne() throws Exception {
        RenewableIdentity identity = network.renewable(LAB);
        SettableClock clock = new SettableClock(Clock.systemUTC());
        SiteIdentity hq = SiteIdentity.load(network.identityFolder(TestNetwork.HQ), () -> null, clock);
        Path list = network.identityFolder(TestNetwork.HQ).resolve("ca.crl");
        try (LoggedLines log = LoggedLines.of(HqComponent.class);
                ScriptedServer server = ScriptedServer.start(hq, (connection, frame) -> null)) {
            StompClient client = client(identity, server);
            try (LinkedSite site = LinkedSite.start(new HqComponent(client))) {
                await().until(client::isConnected);
                StompConnection first = client.connection();
                CompletableFuture<StompFrame> answer = client.request(ASKED);
                await().until(() -> !server.frames().isEmpty());
                network.authority().revoke(LAB);
                network.reissue(LAB);
                // A handshake with the certificate before would be refused from now on.
                Files.copy(network.authorityFolder().resolve("ca.crl"), list);
                clock.advance(Duration.ofSeconds(9));
                identity.look();
                assertThat(answer).isNotDone();

                server.connections()
                        .get(0)
                        .send(StompReplies.receipt(server.frames().get(0)));
                assertThat(answer.get()).isNotNull();
                await().until(() -> client.isConnected() && client.connection() != first);
                assertThat(first.isOpen()).isFalse();
                assertThat(log.from(Level.WARN)).isEmpty();
            }
        }
    }
}
