package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The frames that a client may send to a server and their order, over real sockets. */
class StompServerTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final StompLimits LIMITS = new StompLimits(64 * 1024, 4096, 16);
    private static final ConnectionLimits QUICK =
            new ConnectionLimits(4, 2, Duration.ofMillis(400), Duration.ofMillis(200), false);

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

    private ScriptedServer server(StompLimits limits, ConnectionLimits connections, ScriptedServer.Script script) {
        ScriptedServer server = ScriptedServer.start(
                network.identity(TestNetwork.HQ), ScriptedServer.freePort(), limits, connections, script);
        open.add(server);
        return server;
    }

    private ScriptedServer receipts() {
        return server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> StompReplies.receipt(frame));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    private RawStompClient secure(ScriptedServer server) {
        return opened(RawStompClient.secure(server.port(), network.identity(LAB)));
    }

    private RawStompClient connect(ScriptedServer server, Map<String, String> headers) {
        return opened(RawStompClient.connect(server.port(), network.identity(LAB), headers));
    }

    private static void say(RawStompClient client, String frame) {
        client.sendBytes(frame.getBytes(StandardCharsets.UTF_8));
    }

    private static void answersErrorAndCloses(RawStompClient client, String code, String text) {
        StompFrame error = client.receive();
        assertThat(error.command()).isEqualTo(StompCommand.ERROR);
        assertThat(error.header(Headers.CODE)).isEqualTo(code);
        assertThat(error.header(Headers.MESSAGE)).contains(text);
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void answersConnectWithWhatTheSpecificationAsks() {
        RawStompClient client = secure(receipts());
        say(client, "STOMP\naccept-version:1.0,1.1,1.2\nhost:anything\nlogin:someone\nheart-beat:0,0\n\n\0");
        StompFrame connected = client.receive();
        assertThat(connected.command()).isEqualTo(StompCommand.CONNECTED);
        assertThat(connected.header(Headers.VERSION)).isEqualTo("1.2");
        assertThat(connected.header(Headers.SERVER)).startsWith("Saddlebag/");
        assertThat(connected.header(Headers.SESSION)).isNotBlank();
        assertThat(connected.header(Headers.HEART_BEAT)).isEqualTo("10000,10000");
    }

    @Test
    void refusesAFrameBeforeConnect() {
        ScriptedServer server = receipts();
        RawStompClient client = secure(server);
        say(client, "SEND\ndestination:/exchange/labs\n\nhello\0");
        answersErrorAndCloses(client, "malformed", "expected CONNECT first, found SEND");
        assertThat(server.frames()).isEmpty();
    }

    @Test
    void refusesAnotherVersion() {
        RawStompClient client = secure(receipts());
        say(client, "CONNECT\naccept-version:1.0,1.1\nhost:x\n\n\0");
        answersErrorAndCloses(client, "malformed", "expected accept-version to hold 1.2");
    }

    @Test
    void refusesASecondConnectAndAServersCommand() {
        ScriptedServer server = receipts();
        RawStompClient twice = connect(server, Map.of());
        say(twice, "CONNECT\naccept-version:1.2\nhost:x\n\n\0");
        answersErrorAndCloses(twice, "malformed", "one CONNECT a connection");
        RawStompClient posing = connect(server, Map.of());
        say(posing, "MESSAGE\nmessage-id:1\n\nx\0");
        answersErrorAndCloses(posing, "malformed", "a client's command, found MESSAGE");
        assertThat(server.frames()).isEmpty();
    }

    @Test
    void refusesAnOversizeFrameBeforeItHasCome() {
        ScriptedServer server = receipts();
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\nreceipt:1\ncontent-length:65536\n\n");
        answersErrorAndCloses(client, "too-large", "at most 65536 bytes");
        assertThat(server.frames()).isEmpty();
    }

    @Test
    void theErrorArrivesAlthoughTheClientGoesOnSending() {
        RawStompClient client = connect(receipts(), Map.of());
        say(client, "NONSENSE\n\n\0" + "SEND\ndestination:/exchange/labs\n\nx\0".repeat(5_000));
        answersErrorAndCloses(client, "malformed", "found 'NONSENSE'");
    }

    @Test
    void breaksAConnectionThatDoesNotConnectInTime() {
        ScriptedServer server = server(LIMITS, QUICK, (connection, frame) -> null);
        RawStompClient client = secure(server);
        answersErrorAndCloses(client, "not-permitted", "within 400ms");
    }

    @Test
    void breaksAConnectionThatDoesNotSecureItselfInTime() throws IOException {
        ScriptedServer server = server(LIMITS, QUICK, (connection, frame) -> null);
        try (Socket silent = new Socket("127.0.0.1", server.port())) {
            silent.setSoTimeout(60_000);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void allowsOnlySoManyConnectionsOfASite() {
        ScriptedServer server = server(
                LIMITS,
                new ConnectionLimits(10, 2, Duration.ofSeconds(5), Duration.ZERO, false),
                (connection, frame) -> StompReplies.receipt(frame));
        connect(server, Map.of());
        RawStompClient second = connect(server, Map.of());
        answersErrorAndCloses(secure(server), "too-large", "at most 2 connections of FL-LAB");
        opened(RawStompClient.connect(server.port(), network.identity("PA-LAB")));
        second.close();
        await().ignoreExceptions().until(() -> connect(server, Map.of()) != null);
    }

    @Test
    void allowsOnlySoManyConnections() {
        ScriptedServer server = server(
                LIMITS,
                new ConnectionLimits(2, 2, Duration.ofSeconds(5), Duration.ZERO, false),
                (connection, frame) -> null);
        connect(server, Map.of());
        connect(server, Map.of());
        answersErrorAndCloses(secure(server), "too-large", "at most 2 connections");
        await().until(() -> server.openConnections() == 2);
    }

    private static boolean isClosed(Socket silent) {
        try {
            silent.setSoTimeout(1);
            return silent.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void connectionsThatShowNoCertificateTakeNoSitesPlace() throws IOException {
        ScriptedServer server = server(
                LIMITS,
                new ConnectionLimits(8, 8, Duration.ofMinutes(5), Duration.ZERO, false),
                (connection, frame) -> StompReplies.receipt(frame));
        List<Socket> silent = new ArrayList<>();
        for (int each = 0; each < 20; each++) {
            silent.add(opened(new Socket("127.0.0.1", server.port())));
        }
        // Event loops count in no order between them: the client comes once all of these are counted.
        await().until(() -> {
            silent.removeIf(StompServerTest::isClosed);
            return silent.size() == 8;
        });
        RawStompClient client = connect(server, Map.of());
        await().until(() -> server.openConnections() <= 9);
        say(client, "SEND\ndestination:/exchange/labs\nreceipt:1\n\nx\0");
        assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("1");
    }

    @Test
    void servesAClientBesideManyThatAreSlow() throws IOException {
        ScriptedServer server = server(
                LIMITS,
                new ConnectionLimits(200, 200, Duration.ofMinutes(5), Duration.ZERO, false),
                (connection, frame) -> StompReplies.receipt(frame));
        for (int slow = 0; slow < 150; slow++) {
            Socket socket = opened(new Socket("127.0.0.1", server.port()));
            socket.getOutputStream().write(new byte[] {0x16, 3, 1});
        }
        for (int slow = 0; slow < 10; slow++) {
            connect(server, Map.of()).sendBytes("SEND\ndestination:/exch".getBytes(StandardCharsets.UTF_8));
        }
        RawStompClient client = connect(server, Map.of());
        for (int number = 1; number <= 100; number++) {
            say(client, "SEND\ndestination:/exchange/labs\nreceipt:" + number + "\n\nx\0");
            assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo(Integer.toString(number));
        }
    }

    @Test
    void sendsHeartBeatsAndMissesThoseOfTheClient() throws IOException {
        ScriptedServer server = server(LIMITS, QUICK, (connection, frame) -> null);
        RawStompClient wants = connect(server, Map.of(Headers.HEART_BEAT, "0,200"));
        assertThat(wants.readByte()).isEqualTo('\n');
        RawStompClient promises = connect(server, Map.of(Headers.HEART_BEAT, "200,0"));
        assertThat(promises.isClosedByServer()).isTrue();
        assertThat(wants.readByte()).isEqualTo('\n');
    }

    @Test
    void disconnectIsAnsweredAfterAllThatCameBefore() {
        List<StompConnection> connections = new CopyOnWriteArrayList<>();
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> {
            connections.add(connection);
            return null;
        });
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\nreceipt:first\n\nx\0DISCONNECT\nreceipt:last\n\n\0");
        await().until(() -> connections.size() == 1);
        connections.get(0).send(StompReplies.receiptOf("first").build());
        assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("first");
        assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("last");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void answersWhatIsUnderWayToAClientThatAsksForNoReceiptOfItsDisconnect() {
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> null);
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\nreceipt:first\n\nx\0DISCONNECT\n\n\0");
        await().until(() -> !server.frames().isEmpty());
        server.connections().get(0).send(StompReplies.receiptOf("first").build());
        assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("first");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void aRefusalIsAReceiptOnlyForWhomAskedForThat() {
        ScriptedServer server = server(
                LIMITS,
                ConnectionLimits.DEFAULT,
                (connection, frame) -> StompReplies.refusal(
                        connection, frame, new Refusal(Refusal.Code.NOT_PERMITTED, "expected another site")));
        RawStompClient asked = connect(server, Map.of(Headers.REJECTIONS, Headers.REJECTIONS_AS_RECEIPT));
        say(asked, "SEND\ndestination:/exchange/labs\nreceipt:1\n\nx\0");
        StompFrame rejected = asked.receive();
        assertThat(rejected.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(rejected.headers())
                .containsEntry(Headers.RECEIPT_ID, "1")
                .containsEntry(Headers.STATUS, "rejected")
                .containsEntry(Headers.CODE, "not-permitted")
                .containsEntry(Headers.REASON, "expected another site");
        RawStompClient plain = connect(server, Map.of());
        say(plain, "SEND\ndestination:/exchange/labs\nreceipt:1\n\nx\0");
        answersErrorAndCloses(plain, "not-permitted", "expected another site");
    }

    @Test
    void aRoutesFailureIsAnErrorWithoutItsDetails() {
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> {
            throw new IllegalStateException("a secret of the server");
        });
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\n\nx\0");
        StompFrame error = client.receive();
        assertThat(error.header(Headers.CODE)).isEqualTo("internal");
        assertThat(error.header(Headers.MESSAGE)).contains("error=").doesNotContain("secret");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void aClientsFrameIsNeverEchoed() {
        ScriptedServer server = server(
                LIMITS,
                ConnectionLimits.DEFAULT,
                (connection, frame) -> frame.header(Headers.RECEIPT) == null ? frame : StompReplies.receipt(frame));
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\n\nx\0BEGIN\ntransaction:1\nreceipt:1\n\n\0");
        assertThat(client.receive().command()).isEqualTo(StompCommand.RECEIPT);
    }

    @Test
    void aPausedConnectionHoldsItsClientBackUntilItResumes() {
        AtomicInteger taken = new AtomicInteger();
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> {
            if (taken.incrementAndGet() == 10) {
                connection.pauseReading();
            }
            return null;
        });
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\n\nx\0".repeat(100));
        await().untilAtomic(taken, is(10));
        await().during(Duration.ofMillis(200)).until(() -> taken.get() == 10);
        server.connections().get(0).resumeReading();
        await().untilAtomic(taken, is(100));
    }

    private RawStompClient withMuchUnread(ScriptedServer server) {
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\n\nx\0");
        await().until(() -> !server.connections().isEmpty());
        StompConnection connection = server.connections().get(0);
        StompFrame message =
                StompFrame.of(StompCommand.MESSAGE).body(new byte[60_000]).build();
        // More than the sockets' buffers take, or all of it would be written.
        for (int i = 0; i < 700; i++) {
            connection.send(message);
        }
        return client;
    }

    @Test
    void closesAfterAnErrorThatTheClientDoesNotRead() {
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> null);
        say(withMuchUnread(server), "NONSENSE\n\n\0");
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void closesAfterADisconnectWhoseAnswerTheClientDoesNotRead() {
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> null);
        say(withMuchUnread(server), "DISCONNECT\nreceipt:last\n\n\0");
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void readsOnWhenItWasResumedBeforeAPauseOfAnotherThreadTookEffect() throws InterruptedException {
        ScriptedServer server = receipts();
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\nreceipt:1\n\nx\0");
        client.receive();
        StompConnection connection = server.connections().get(0);
        CountDownLatch applied = new CountDownLatch(1);
        connection.execute(() -> {
            CompletableFuture.runAsync(connection::pauseReading).join();
            connection.resumeReading();
            connection.execute(applied::countDown);
        });
        assertThat(applied.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(connection.isReading()).isTrue();
        say(client, "SEND\ndestination:/exchange/labs\nreceipt:2\n\nx\0");
        await().until(() -> server.frames().size() == 2);
    }

    @Test
    void aClientThatDoesNotReadMakesTheConnectionUnwritableUntilItDoes() {
        AtomicInteger writable = new AtomicInteger();
        AtomicInteger sent = new AtomicInteger();
        ScriptedServer server = server(LIMITS, ConnectionLimits.DEFAULT, (connection, frame) -> {
            connection.onWritable(writable::incrementAndGet);
            return null;
        });
        RawStompClient client = connect(server, Map.of());
        say(client, "SEND\ndestination:/exchange/labs\n\nx\0");
        await().until(() -> !server.connections().isEmpty());
        StompConnection connection = server.connections().get(0);
        StompFrame message =
                StompFrame.of(StompCommand.MESSAGE).body(new byte[60_000]).build();
        while (connection.isWritable()) {
            connection.send(message);
            sent.incrementAndGet();
        }
        assertThat(sent).hasValueLessThan(10_000);
        for (int i = 0; i < sent.get(); i++) {
            assertThat(client.receive().body()).hasSize(60_000);
        }
        await().until(connection::isWritable);
        await().untilAtomic(writable, greaterThanOrEqualTo(1));
    }
}
