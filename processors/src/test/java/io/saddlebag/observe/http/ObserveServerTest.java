package io.saddlebag.observe.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.SiteObservation;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.StatusSource;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a real socket, byte by byte, since a client library sends no wrong request. */
class ObserveServerTest {
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:00Z");

    private static SiteIdentity identity;

    @TempDir
    private Path folder;

    private final SettableClock clock = SettableClock.still(NOW);
    private final List<Alert> alerts = new ArrayList<>();
    private SiteHome home;
    private SiteObservation observation;
    private ObserveServer server;
    private Link link = new Link("up", NOW, SiteId.of("DC-HQ"), "127.0.0.1:1", null, null);

    private final class OneSite implements StatusSource {
        @Override
        public String role() {
            return "laboratory";
        }

        @Override
        public Map<String, Path> volumes() {
            return Map.of();
        }

        @Override
        public long in() {
            return 0;
        }

        @Override
        public long out() {
            return 0;
        }

        @Override
        public Link link() {
            return link;
        }
    }

    @BeforeAll
    static void enrol(@TempDir Path network) {
        identity = TestNetwork.create(network).identity(SiteId.of("FL-LAB"));
    }

    @BeforeEach
    void serve() throws Exception {
        home = new SiteHome(folder.resolve("home"));
        Files.createDirectories(home.run());
        Files.writeString(home.settingsFile(), "");
        observation = new SiteObservation(
                home, identity, new SiteMetrics(identity, "lab"), new OneSite(), look -> List.copyOf(alerts), clock);
        server = start("127.0.0.1:0");
    }

    private ObserveServer start(String address) throws SiteStartException {
        Settings settings =
                Settings.load(home, ObserveSettings.and(List.of()), Map.of(ObserveSettings.ADDRESS, address));
        return ObserveServer.start(settings, observation, clock);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String ask(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String page) throws IOException {
        return ask("GET " + page + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n");
    }

    @Test
    void servesTheFiguresOfTheLastLook() throws IOException {
        assertThat(get("/observe/metrics")).startsWith("HTTP/1.1 503 ");

        observation.process(null);

        assertThat(get("/observe/metrics"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-type: text/plain; version=0.0.4", "saddlebag_ready{home=\"FL-LAB\"} 1.0");
    }

    @Test
    void saysWhyTheSiteIsDown() throws IOException {
        assertThat(get("/observe/health/live")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/observe/health/ready")).startsWith("HTTP/1.1 503 ").contains("the site is starting");
        observation.process(null);
        assertThat(get("/observe/health")).startsWith("HTTP/1.1 200 ").endsWith("{\"status\":\"up\",\"reasons\":[]}");

        link = new Link("down", NOW, null, null, null, "connection refused");
        alerts.add(new Alert("ReceiptFault", "page", Map.of(), NOW, "1 receipts did not hold", "look"));
        alerts.add(new Alert("FilesFailed", "warn", Map.of(), NOW, "1 files", "look"));
        observation.process(null);
        assertThat(get("/observe/health"))
                .startsWith("HTTP/1.1 503 ")
                .contains(
                        "\"status\":\"down\"", "since 2025-10-08T09:00:00Z: connection refused", "ReceiptFault: 1 rec")
                .doesNotContain("FilesFailed");
        assertThat(get("/observe/health/ready")).startsWith("HTTP/1.1 200 ");

        clock.advance(Duration.ofSeconds(61));
        assertThat(get("/observe/health/live"))
                .startsWith("HTTP/1.1 503 ")
                .contains("has not looked at itself since 2025-10-08T09:00:00Z");
    }

    @Test
    void answersNothingElse() throws IOException {
        String host = "Host: localhost:" + server.port() + "\r\n\r\n";
        assertThat(ask("GET /observe/health/live HTTP/1.1\r\n" + host)).startsWith("HTTP/1.1 200 ");
        assertThat(ask("POST /observe/health HTTP/1.1\r\n" + host))
                .startsWith("HTTP/1.1 405 ")
                .contains("allow: GET");
        assertThat(ask("HEAD /observe/health HTTP/1.1\r\n" + host)).startsWith("HTTP/1.1 405 ");
        assertThat(get("/")).startsWith("HTTP/1.1 404 ");
        assertThat(get("/observe/../identity/tls.key")).startsWith("HTTP/1.1 404 ");
        assertThat(ask("GET /observe/metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("\r\nnonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET /" + "a".repeat(2_000) + " HTTP/1.1\r\n" + host)).startsWith("HTTP/1.1 400 ");
    }

    /** As of a page in a browser whose name was made to lead here. */
    @Test
    void refusesAnotherHostsName() throws IOException {
        assertThat(ask("GET /observe/metrics HTTP/1.1\r\nHost: evil.example.org:" + server.port() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 421 ");
    }

    @Test
    void takesNoMoreConnectionsThanItsLimit() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 32; i++) {
                idle.add(new Socket(InetAddress.getByName("127.0.0.1"), server.port()));
            }
            try (Socket refused = new Socket(InetAddress.getByName("127.0.0.1"), server.port())) {
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket each : idle) {
                each.close();
            }
        }
        await().until(() -> get("/observe/health/live").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void endsAConnectionThatSendsAByteAtATime() throws Exception {
        server.close();
        server = ObserveServer.start(
                Settings.load(home, ObserveSettings.and(List.of()), Map.of(ObserveSettings.ADDRESS, "127.0.0.1:0")),
                300,
                observation,
                clock);
        try (Socket slow = new Socket(InetAddress.getByName("127.0.0.1"), server.port())) {
            await().pollInterval(Duration.ofMillis(20)).until(() -> refusesAByte(slow));
        }
    }

    private static boolean refusesAByte(Socket socket) {
        try {
            socket.getOutputStream().write('G');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void refusesAnAddressThatIsNoneOrTaken() {
        assertThatThrownBy(() -> start("9876")).hasMessageContaining("such as 127.0.0.1:9876, found '9876'");
        assertThatThrownBy(() -> start("127.0.0.1:" + server.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("a free address of this machine");
    }
}
