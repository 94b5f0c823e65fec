package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.RawStompClient.Shown;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which peers get a connection. */
class StompTrustTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private TestNetwork network;
    private ScriptedServer server;

    @BeforeEach
    void network() {
        network = TestNetwork.create(folder.resolve("ours"));
    }

    private void start() {
        server = ScriptedServer.start(
                network.identity(TestNetwork.HQ), (connection, frame) -> StompReplies.receipt(frame));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void refuses(SiteIdentity identity) {
        assertThatThrownBy(() -> RawStompClient.connect(server.port(), identity).close())
                .isInstanceOf(UncheckedIOException.class);
        assertThat(server.frames()).isEmpty();
    }

    @Test
    void takesASiteOfTheNetwork() {
        start();
        try (RawStompClient client = RawStompClient.connect(server.port(), network.identity(LAB))) {
            client.send(StompFrame.of(StompCommand.BEGIN)
                    .header(Headers.TRANSACTION, "1")
                    .header(Headers.RECEIPT, "1")
                    .build());
            assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("1");
        }
        assertThat(server.connections().get(0).peer()).isEqualTo(LAB);
    }

    @Test
    void refusesAClientWithoutACertificate() {
        start();
        refuses(null);
    }

    @Test
    void refusesACertificateOfAnotherAuthority() {
        start();
        refuses(TestNetwork.create(folder.resolve("theirs")).identity(LAB));
    }

    @Test
    void refusesAnEndedCertificate() throws Exception {
        Clock past = Clock.offset(Clock.systemUTC(), Duration.ofDays(-900));
        Path identity = folder.resolve("ended/identity");
        CertificateAuthority.load(network.authorityFolder(), () -> null, new SecureRandom(), past)
                .issue(LAB, Role.LAB, List.of(), identity);
        start();
        refuses(SiteIdentity.load(identity, () -> null, past));
    }

    @Test
    void refusesARevokedCertificate() throws IOException {
        SiteIdentity lab = network.identity(LAB);
        network.authority().revoke(LAB);
        Files.copy(
                network.authorityFolder().resolve("ca.crl"),
                network.identityFolder(TestNetwork.HQ).resolve("ca.crl"),
                StandardCopyOption.REPLACE_EXISTING);
        start();
        refuses(lab);
    }

    @Test
    void refusesAServersCertificateOnAClient() {
        start();
        refuses(network.identity("XX-HQ"));
    }

    @Test
    void refusesACertificateThatHasNotBegun() throws Exception {
        Clock future = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
        Path identity = folder.resolve("future/identity");
        CertificateAuthority.load(network.authorityFolder(), () -> null, new SecureRandom(), future)
                .issue(LAB, Role.LAB, List.of(), identity);
        start();
        refuses(SiteIdentity.load(identity, () -> null, future));
    }

    @Test
    void refusesASigningCertificate() {
        SiteIdentity lab = network.identity(LAB);
        start();
        SSLContext signing = RawStompClient.context(new Shown(lab.signingKey(), lab.signingCertificate()));
        assertThatThrownBy(() ->
                        RawStompClient.secure(server.port(), signing, "TLSv1.3").connect(Map.of()))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(server.frames()).isEmpty();
    }

    /** Early data needs a session to resume (RFC 8446, 2.3), and TLS 1.3 renegotiates nothing. */
    @Test
    void asksForTheCertificateOnEachConnectionAndResumesNone() {
        SiteIdentity lab = network.identity(LAB);
        Shown shown = new Shown(lab.tlsKey(), lab.tlsCertificate());
        SSLContext context = RawStompClient.context(shown);
        start();
        for (int connection = 0; connection < 2; connection++) {
            int before = shown.times();
            try (RawStompClient client = RawStompClient.secure(server.port(), context, "TLSv1.3")) {
                client.connect(Map.of());
                client.send(StompFrame.of(StompCommand.BEGIN)
                        .header(Headers.TRANSACTION, "1")
                        .header(Headers.RECEIPT, "1")
                        .build());
                assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("1");
            }
            assertThat(shown.times()).as("a full handshake").isGreaterThan(before);
        }
    }

    @Test
    void refusesTls12() {
        start();
        assertThatThrownBy(() -> RawStompClient.secure(server.port(), network.identity(LAB), "TLSv1.2")
                        .close())
                .isInstanceOf(UncheckedIOException.class);
        assertThat(server.frames()).isEmpty();
    }

    @Test
    void refusesPlainText() throws IOException {
        start();
        try (Socket plain = new Socket("127.0.0.1", server.port())) {
            plain.setSoTimeout(60_000);
            plain.getOutputStream()
                    .write("CONNECT\naccept-version:1.2\nhost:x\n\n\0".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = plain.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("CONNECTED");
        }
        assertThat(server.frames()).isEmpty();
    }
}
