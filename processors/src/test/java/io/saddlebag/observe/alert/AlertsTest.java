package io.saddlebag.observe.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.saddlebag.message.Json;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.DeadLetters;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts from statuses to a real web server, and to a real program. */
@Timeout(60)
class AlertsTest {
    private static final Link DOWN = new Link("down", StatusFixture.BEGIN, null, null, null, "connection refused");

    @TempDir
    private Path folder;

    private final StatusFixture site = new StatusFixture();
    private final BlockingQueue<JsonNode> posted = new LinkedBlockingQueue<>();
    private final List<String> authorizations = new ArrayList<>();
    private final Map<String, String> settings = new TreeMap<>();
    private volatile int answer = 204;
    private SiteHome home;
    private HttpServer server;
    private Alerts alerts;

    @BeforeEach
    void listen() throws IOException {
        home = new SiteHome(folder);
        Files.createDirectories(home.run());
        Files.writeString(home.settingsFile(), "");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            JsonNode body =
                    Json.mapperForRoutes().readTree(exchange.getRequestBody().readAllBytes());
            authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
            int code = answer;
            posted.add(body);
            exchange.sendResponseHeaders(code, -1);
            exchange.close();
        });
        server.createContext("/endless", exchange -> {
            posted.add(Json.mapperForRoutes().readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
        });
        server.start();
        settings.put(
                ObserveSettings.WEBHOOK,
                "http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
        settings.put(ObserveSettings.AFTER, "0s");
    }

    @AfterEach
    void close() {
        if (alerts != null) {
            alerts.close();
        }
        server.stop(0);
    }

    private void start() throws SiteStartException {
        Settings read = Settings.load(home, ObserveSettings.and(List.of()), settings);
        alerts = Alerts.of(read, AlertLimits.of(read));
    }

    /** Looks until the change is sent: one that is under way is waited for. */
    private List<String> next() throws Exception {
        JsonNode body = null;
        while (body == null) {
            alerts.judge(site.status());
            body = posted.poll(50, TimeUnit.MILLISECONDS);
        }
        List<String> changes = new ArrayList<>();
        body.get("alerts")
                .forEach(change -> changes.add(
                        change.get("state").asText() + " " + change.get("name").asText() + " " + change.get("labels")));
        return changes;
    }

    /** All that was posted is known to be taken, and more looks post nothing. */
    private void nothingMore() throws Exception {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("alerts")));
        alerts.judge(site.status());
        alerts.judge(site.status());
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("alerts")));
        assertThat(posted).isEmpty();
    }

    private void beginsAndEndsOnce(String alert, Runnable over) throws Exception {
        start();
        assertThat(next()).containsExactly("begins " + alert);
        nothingMore();
        over.run();
        site.now = site.now.plusSeconds(1);
        assertThat(next()).containsExactly("ends " + alert);
        nothingMore();
        assertThat(alerts.judge(site.status())).isEmpty();
    }

    @Test
    void tellsOfASilentRouteOnceAndOnceOfItsNextFile() throws Exception {
        site.now = StatusFixture.BEGIN.plusSeconds(86_401);
        site.routes = List.of(new Route("raw", "drop/raw", 1, 1, StatusFixture.BEGIN, StatusFixture.BEGIN, 86_400L));

        beginsAndEndsOnce(
                "SilentRoute {\"route\":\"raw\"}",
                () -> site.routes =
                        List.of(new Route("raw", "drop/raw", 2, 2, site.now, StatusFixture.BEGIN, 86_400L)));
    }

    @Test
    void tellsOfAFullDiskOnceAndOnceOfNewRoom() throws Exception {
        site.volumes = List.of(new Volume("home", 4L << 30, 1L << 40), new Volume("work", 4L << 30, 1L << 40));

        beginsAndEndsOnce("StorageLow {}", () -> site.volumes = List.of(new Volume("home", 6L << 30, 1L << 40)));
    }

    @Test
    void tellsOfACertificateThatEndsSoonOnceAndOnceOfItsRenewal() throws Exception {
        site.certificates = List.of(new Certificate("tls", site.now.plus(Duration.ofDays(13))));

        beginsAndEndsOnce(
                "CertificateExpiresSoon {\"use\":\"tls\"}",
                () -> site.certificates = List.of(new Certificate("tls", site.now.plus(Duration.ofDays(90)))));
    }

    @Test
    void tellsOfADeadLetterOnceAndOnceOfItsEnd() throws Exception {
        site.deadLetters = List.of(new DeadLetters("ca_rc_queue", 1));

        beginsAndEndsOnce("DeadLetters {\"queue\":\"ca_rc_queue\"}", () -> site.deadLetters = List.of());
    }

    @Test
    void waitsUntilAStateThatMayPassHasLasted() throws Exception {
        settings.put(ObserveSettings.AFTER, "5m");
        start();
        site.link = DOWN;
        site.now = StatusFixture.BEGIN.plusSeconds(299);
        assertThat(alerts.judge(site.status())).isEmpty();

        site.now = StatusFixture.BEGIN.plusSeconds(300);
        assertThat(alerts.judge(site.status()))
                .singleElement()
                .matches(alert -> alert.name().equals("LinkDown")
                        && alert.since().equals(StatusFixture.BEGIN)
                        && alert.summary().contains("connection refused"));
    }

    @Test
    void triesAgainAfterAFailureAndLosesNeitherBeginningNorEnd() throws Exception {
        answer = 500;
        start();
        site.link = DOWN;
        assertThat(next()).containsExactly("begins LinkDown {}");
        site.link = null;
        answer = 204;
        site.now = site.now.plusSeconds(60);

        assertThat(next()).containsExactly("begins LinkDown {}", "ends LinkDown {}");
        nothingMore();
    }

    @Test
    void keepsAnOpenAlertAcrossARestartAndTellsItOnce() throws Exception {
        start();
        site.deadLetters = List.of(new DeadLetters("ca_rc_queue", 1));
        next();
        nothingMore();
        alerts.close();
        start();

        // Headquarters has not counted yet.
        site.deadLetters = List.of();
        assertThat(alerts.judge(site.status())).hasSize(1);
        nothingMore();
        site.now = site.now.plusSeconds(121);
        assertThat(next()).containsExactly("ends DeadLetters {\"queue\":\"ca_rc_queue\"}");
    }

    @Test
    void gathersChangesIntoADigestAnHourWhileManyAreOpen() throws Exception {
        start();
        site.deadLetters = IntStream.range(0, 11)
                .mapToObj(queue -> new DeadLetters("queue" + queue, 1))
                .toList();
        assertThat(next()).hasSize(11);
        site.deadLetters = IntStream.range(0, 14)
                .mapToObj(queue -> new DeadLetters("queue" + queue, 1))
                .toList();
        site.now = site.now.plusSeconds(60);
        nothingMore();

        site.now = site.now.plusSeconds(3_600);
        assertThat(next()).hasSize(3);
    }

    @Test
    void showsItsTokenFromAFileThatNobodyElseMayRead() throws Exception {
        Path token = Files.createDirectories(home.identity()).resolve("webhook-token");
        Files.writeString(token, "secret\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        start();
        site.link = DOWN;

        next();

        assertThat(authorizations).containsExactly("Bearer secret");
    }

    @Test
    void givesAProgramTheAlertOnItsStandardInput() throws Exception {
        Path told = folder.resolve("told");
        settings.remove(ObserveSettings.WEBHOOK);
        settings.put(ObserveSettings.COMMAND, "/usr/bin/tee " + told);
        start();
        site.link = DOWN;

        alerts.judge(site.status());

        await().until(() -> Files.exists(told) && Files.readString(told).endsWith("}"));
        assertThat(told).content().contains("\"format\" : \"saddlebag-alerts/1\"", "\"name\" : \"LinkDown\"");
    }

    @Test
    void isOneAlertWhileItsStateIsNowOverAndNowNot() throws Exception {
        settings.put(ObserveSettings.AFTER, "5m");
        start();
        for (int look = 0; look < 20; look++) {
            site.now = StatusFixture.BEGIN.plusSeconds(4_000 + look * 15);
            Instant oldest = site.now.minusSeconds(look % 2 == 0 ? 3_605 : 3_595);
            site.queues = List.of(new Queue("q", 0, 1, 0, 1, oldest, 1));
            assertThat(alerts.judge(site.status())).hasSize(1);
        }
        site.now = site.now.plusSeconds(299);
        site.queues = List.of();
        assertThat(next()).containsExactly("begins DeliveryStuck {\"queue\":\"q\"}");
        nothingMore();
        site.now = site.now.plusSeconds(1);
        assertThat(next()).containsExactly("ends DeliveryStuck {\"queue\":\"q\"}");
    }

    @Test
    void sendsWhenTheClockWasSetBack() throws Exception {
        answer = 500;
        start();
        site.deadLetters = List.of(new DeadLetters("ca_rc_queue", 1));
        next();
        answer = 204;
        site.now = site.now.minus(Duration.ofDays(30));

        assertThat(next()).containsExactly("begins DeadLetters {\"queue\":\"ca_rc_queue\"}");
    }

    @Test
    void sendsWhatItCannotWriteAndWritesItLater() throws Exception {
        Path inTheWay = Files.createDirectories(home.run().resolve("alerts.json/in-the-way"));
        site.link = DOWN;
        start();
        try (LoggedLines log = LoggedLines.of(Alerts.class)) {
            assertThat(next()).containsExactly("begins LinkDown {}");
            nothingMore();
            assertThat(log.at(Level.WARN)).singleElement().asString().contains("open alerts cannot be written");
        }
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());

        nothingMore();
        assertThat(inTheWay.getParent()).content().contains("LinkDown", "\"told\" : true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "null",
                "{\"open\":[{}],\"ended\":[]}",
                "{\"open\":[null],\"ended\":[]}",
                "{\"open\":[{\"alert\":{\"name\":\"LinkDown\"},\"told\":true}],\"ended\":[]}"
            })
    void startsWithAFileOfAlertsThatIsNone(String content) throws Exception {
        Files.writeString(home.run().resolve("alerts.json"), content);

        start();

        assertThat(alerts.judge(site.status())).isEmpty();
    }

    @Test
    void waitsForNoEndOfAnAnswer() throws Exception {
        settings.put(
                ObserveSettings.WEBHOOK, settings.get(ObserveSettings.WEBHOOK).replace("/hook", "/endless"));
        site.link = DOWN;

        beginsAndEndsOnce("LinkDown {}", () -> site.link = null);
    }

    @Test
    void logsNoTokenThatAHeaderCannotHold() throws Exception {
        Path token = Files.createDirectories(home.identity()).resolve("webhook-token");
        Files.writeString(token, "my-secret\nanother");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        site.link = DOWN;
        start();
        try (LoggedLines log = LoggedLines.of(Alerts.class)) {
            alerts.judge(site.status());

            await().until(() -> log.at(Level.WARN).stream().anyMatch(line -> line.contains("cannot be sent")));
            assertThat(log.from(Level.DEBUG)).noneMatch(line -> line.contains("secret"));
        }
    }

    @Test
    void endsAProgramThatReadsNothing() {
        CommandDelivery delivery = new CommandDelivery(List.of("/bin/sleep", "600"), Duration.ofMillis(200));

        assertThatThrownBy(() -> delivery.deliver(new byte[1 << 20])).isInstanceOf(IOException.class);
    }

    @Test
    void refusesWhatCannotWork() throws IOException {
        Path open = Files.createFile(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        settings.put(ObserveSettings.COMMAND, "/bin/true");
        assertThatThrownBy(this::start).isInstanceOf(SiteStartException.class).hasMessageContaining("found both");
        settings.remove(ObserveSettings.WEBHOOK);
        settings.put(ObserveSettings.COMMAND, "page --now");
        assertThatThrownBy(this::start).hasMessageContaining("Expected the absolute path of a program, found 'page'");
        settings.put(ObserveSettings.COMMAND, "/usr/bin/no-such-program");
        assertThatThrownBy(this::start).hasMessageContaining("a program that this user may run");
        settings.put(ObserveSettings.COMMAND, open.toString());
        assertThatThrownBy(this::start).hasMessageContaining("nobody else may write");
        settings.remove(ObserveSettings.COMMAND);
        settings.put(ObserveSettings.WEBHOOK, "https://user:secret@example.org/");
        assertThatThrownBy(this::start)
                .hasMessageContaining("without a password")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("secret"));
        settings.put(ObserveSettings.WEBHOOK, "https://example.org/sec ret");
        assertThatThrownBy(this::start)
                .hasMessageContaining("without a password")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("sec"));
    }
}
