package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.stomp.server.StompServerEnd;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerClockTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final Instant NOW = Instant.parse("2026-11-29T20:00:00Z");

    @TempDir
    private Path folder;

    private static LinkOptions to(ScriptedServer server) {
        return LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())
                .withDelays(Duration.ofMillis(20), Duration.ofMillis(200));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "-5400!the site's is (89|90) min \\d+ s behind",
                "5400!(89|90) min \\d+ s ahead of",
                "865000!10 days ahead"
            })
    void bothEndsSayOnceThatTheClocksDifferAndAtWhichEnd(long seconds, String labsToHeadquarters) throws Exception {
        TestNetwork network = TestNetwork.create(folder);
        Clock labs = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds));
        try (LoggedLines there = LoggedLines.of(StompServerEnd.class);
                LoggedLines here = LoggedLines.of(StompClient.class);
                ScriptedServer server = ScriptedServer.start(
                        network.identity(TestNetwork.HQ), Clock.systemUTC(), (connection, frame) -> null)) {
            StompClient client =
                    new StompClient(network.identity(LAB), to(server), StompClient.HostAddresses.OF_THE_SYSTEM, labs);
            List<StompConnection> connections = new CopyOnWriteArrayList<>();
            client.onConnected(connections::add);
            try (LinkedSite site = LinkedSite.start(new HqComponent(client))) {
                for (int sessions = 1; sessions <= 3; sessions++) {
                    int count = sessions;
                    await().until(() -> connections.size() == count && client.isConnected());
                    client.connection().close();
                }
                assertThat(site.context().isStarted()).isTrue();
            }
            PeerClock servers = client.serverClock().orElseThrow();
            assertThat(servers.ahead().plusSeconds(seconds).abs()).isLessThanOrEqualTo(servers.within());
            List<String> saidThere = there.from(Level.WARN);
            assertThat(saidThere)
                    .singleElement()
                    .asString()
                    .contains("site=FL-LAB")
                    .contains("messages with a ttl");
            assertThat(here.from(Level.WARN)).singleElement().asString().contains("the one of DC-HQ is");
            assertThat(saidThere.get(0)).containsPattern(labsToHeadquarters);
        }
    }

    @Test
    void clocksThatDifferByLessThanAMinuteAreNotMentioned() throws Exception {
        TestNetwork network = TestNetwork.create(folder);
        Clock labs = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-50));
        try (LoggedLines there = LoggedLines.of(StompServerEnd.class);
                LoggedLines here = LoggedLines.of(StompClient.class);
                ScriptedServer server = ScriptedServer.start(
                        network.identity(TestNetwork.HQ), Clock.systemUTC(), (connection, frame) -> null)) {
            StompClient client =
                    new StompClient(network.identity(LAB), to(server), StompClient.HostAddresses.OF_THE_SYSTEM, labs);
            try (LinkedSite site = LinkedSite.start(new HqComponent(client))) {
                await().until(client::isConnected);
                assertThat(site.context().isStarted()).isTrue();
            }
            assertThat(client.serverClock()).isPresent();
            assertThat(there.from(Level.WARN)).isEmpty();
            assertThat(here.from(Level.WARN)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-13-01T00:00:00Z", "-999999999-01-01T00:00:00Z"})
    void aClientWithoutATimeThatCanBeReadIsServedAllTheSame(String time) {
        TestNetwork network = TestNetwork.create(folder);
        try (ScriptedServer server = ScriptedServer.start(
                        network.identity(TestNetwork.HQ), (connection, frame) -> StompReplies.receipt(frame));
                RawStompClient client = RawStompClient.connect(
                        server.port(), network.identity(LAB), time.isEmpty() ? Map.of() : Map.of(Headers.TIME, time))) {
            client.send(StompFrame.of(StompCommand.SEND)
                    .header(Headers.DESTINATION, "/exchange/labs")
                    .header(Headers.RECEIPT, "1")
                    .build());
            assertThat(client.receive().command()).isEqualTo(StompCommand.RECEIPT);
        }
    }

    @Test
    void aSlowAnswerIsNoDifference() {
        PeerClock slow =
                PeerClock.of("2026-11-29T20:02:30Z", NOW, NOW.plusSeconds(300)).orElseThrow();
        assertThat(slow.ahead()).isZero();
        assertThat(slow.within()).isEqualTo(Duration.ofSeconds(150));
        assertThat(slow.differs()).isFalse();
        assertThat(PeerClock.of("2026-11-29T20:06:01Z", NOW, NOW.plusSeconds(300))
                        .orElseThrow()
                        .differs())
                .isTrue();
    }
}
