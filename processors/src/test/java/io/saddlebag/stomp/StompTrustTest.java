package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.LoggedLines;
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

    private final LoggedLines lines = LoggedLines.of("io.saddlebag.stomp.server.FailedConnections");
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
        lines.close();
        server.close();
    }

    /** The log names who it was and why, in words of ours. */
    private void refuses(SiteIdentity identity, Level level, String... line) {
        assertThatThrownBy(() -> RawStompClient.connect(server.port(), identity).close())
                .isInstanceOf(UncheckedIOException.class);
        assertThat(server.frames()).isEmpty();
        logs(level, line);
    }

    private void logs(Level level, String... line) {
        await().untilAsserted(() -> assertThat(lines.from(Level.INFO)).hasSize(1));
        assertThat(lines.at(level))
                .singleElement()
                .asString()
                .startsWith("connection from 127.0.0.1:")
                .contains(line)
                .doesNotContain("ssl=", "null", "OPENSSL", "\n");
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
        refuses(null, Level.INFO, " failed: expected a certificate, found none");
    }

    @Test
    void refusesACertificateOfAnotherAuthority() {
        start();
        refuses(
                TestNetwork.create(folder.resolve("theirs")).identity(LAB),
                Level.WARN,
                " failed, its certificate names FL-LAB: the certificate was not issued by this network's CA");
    }

    @Test
    void refusesAnEndedCertificate() throws Exception {
        Clock past = Clock.offset(Clock.systemUTC(), Duration.ofDays(-900));
        Path identity = folder.resolve("ended/identity");
        CertificateAuthority.load(network.authorityFolder(), () -> null, new SecureRandom(), past)
                .issue(LAB, Role.LAB, List.of(), identity);
        start();
        refuses(SiteIdentity.load(identity, () -> null, past), Level.WARN, "names FL-LAB", " is valid from ");
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
        refuses(lab, Level.WARN, "names FL-LAB", "the CA has revoked this certificate of FL-LAB");
    }

    @Test
    void refusesAServersCertificateOnAClient() {
        start();
        refuses(network.identity("XX-HQ"), Level.WARN, "names XX-HQ", "for clientAuth, found one for something else");
    }

    @Test
    void refusesACertificateThatHasNotBegun() throws Exception {
        Clock future = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
        Path identity = folder.resolve("future/identity");
        CertificateAuthority.load(network.authorityFolder(), () -> null, new SecureRandom(), future)
                .issue(LAB, Role.LAB, List.of(), identity);
        start();
        refuses(SiteIdentity.load(identity, () -> null, future), Level.WARN, "names FL-LAB", " is valid from ");
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
        logs(Level.INFO, " failed: expected TLS 1.3, found an older version");
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
        logs(Level.INFO, " failed: expected TLS, found another protocol");
    }

    /** The site whose certificate headquarters refuses reads that, and not a text of OpenSSL. */
    @Test
    void tellsTheClientThatItsCertificateIsRefused() throws Exception {
        start();
        HqComponent link = new HqComponent(new StompClient(
                network.identity("XX-HQ"), LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())));
        try (LoggedLines client = LoggedLines.of(HqComponent.class);
                LinkedSite ignored = LinkedSite.start(link)) {
            await().untilAsserted(() -> assertThat(client.at(Level.WARN))
                    .first()
                    .asString()
                    .contains(
                            ", then less often, at least every 5s: ",
                            "the other end does not accept the certificate of this one",
                            "Its own log has the reason"));
        }
    }

    /** The client refuses here, and headquarters learns no more than that. */
    @Test
    void namesTheAddressOfASiteThatDistrustsHeadquarters() throws Exception {
        start();
        HqComponent link = new HqComponent(new StompClient(
                TestNetwork.create(folder.resolve("theirs")).identity(LAB),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())));
        try (LinkedSite ignored = LinkedSite.start(link)) {
            logs(Level.WARN, " failed: the other end does not accept the certificate of this one");
        }
    }
}
