package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes: ours agree on their keys by X25519MLKEM768, and where that is required no others are taken. */
class PostQuantumConnectionTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final ConnectionLimits USUAL = ConnectionLimits.DEFAULT;
    private static final ConnectionLimits REQUIRED = new ConnectionLimits(
            USUAL.maxConnections(), USUAL.maxConnectionsPerSite(), USUAL.unauthenticated(), USUAL.heartBeat(), true);

    @TempDir
    static Path folder;

    private static TestNetwork network;

    @BeforeAll
    static void network() {
        network = TestNetwork.create(folder);
    }

    @BeforeEach
    void requireNativeLibrary() {
        assumeTrue(TlsContexts.offersPostQuantum(), "SKIPPED: Conscrypt has no native library for this machine");
    }

    private static ScriptedServer server(ConnectionLimits limits) {
        return ScriptedServer.start(
                network.identity(TestNetwork.HQ),
                ScriptedServer.freePort(),
                StompLimits.DEFAULT,
                limits,
                (connection, frame) -> StompReplies.receipt(frame));
    }

    private static StompClient client(int port, boolean required) {
        return new StompClient(
                network.identity(LAB),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), port)
                        .withDelays(Duration.ofMillis(20), Duration.ofMillis(200))
                        .withPostQuantum(required));
    }

    /** Each end judges by its own TLS engine which key exchange it was. */
    @Test
    void bothEndsAgreeByX25519MlKem768() {
        try (ScriptedServer server = server(REQUIRED)) {
            StompClient client = client(server.port(), true);
            try (LinkedSite site = LinkedSite.start(new HqComponent(client))) {
                await().until(client::isConnected);
            }
        }
    }

    @Test
    void theServerRefusesAClientThatOffersNone() {
        try (ScriptedServer server = server(REQUIRED);
                RawStompClient client = RawStompClient.secure(server.port(), network.identity(LAB))) {
            StompFrame error = client.receive();

            assertThat(error.command()).isEqualTo(StompCommand.ERROR);
            assertThat(error.header(Headers.MESSAGE))
                    .contains("expected a TLS key exchange by X25519MLKEM768", "tls.post-quantum=required");
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(server.connections()).isEmpty();
        }
    }

    @Test
    void theServerTakesSuchAClientWhereItIsNotRequired() {
        try (ScriptedServer server = server(USUAL);
                RawStompClient client = RawStompClient.connect(server.port(), network.identity(LAB))) {
            client.send(StompFrame.of(StompCommand.BEGIN)
                    .header(Headers.TRANSACTION, "1")
                    .header(Headers.RECEIPT, "1")
                    .build());

            assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("1");
        }
    }

    /** Nothing of STOMP is said to such a server: its first read ends with the connection. */
    @Test
    void theClientRefusesAServerThatOffersNone() throws Exception {
        try (SSLServerSocket server = serverOfTheJdk(network.identity(TestNetwork.HQ))) {
            CompletableFuture<Integer> firstByte = CompletableFuture.supplyAsync(() -> acceptAndRead(server));
            StompClient client = client(server.getLocalPort(), true);
            try (LinkedSite site = LinkedSite.start(new HqComponent(client))) {
                await().until(() -> client.lastFault().contains("expected a TLS key exchange by X25519MLKEM768"));
                assertThat(client.lastFault()).contains("found X25519;");
                assertThat(firstByte).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(-1);
            }
        }
    }

    private static SSLServerSocket serverOfTheJdk(SiteIdentity identity) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("tls", identity.tlsKey(), new char[0], new X509Certificate[] {identity.tlsCertificate()});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3", "SunJSSE");
        context.init(factory.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    private static int acceptAndRead(SSLServerSocket server) {
        try (SSLSocket accepted = (SSLSocket) server.accept()) {
            return accepted.getInputStream().read();
        } catch (IOException e) {
            return -1;
        }
    }
}
