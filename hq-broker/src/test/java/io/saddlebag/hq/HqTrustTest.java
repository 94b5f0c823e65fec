package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connections that a whole headquarters refuses. */
class HqTrustTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    static Path folder;

    private static RunningHq hq;

    @BeforeAll
    static void start() throws Exception {
        hq = RunningHq.start(folder.resolve("ours"), Map.of());
        hq.stop();
        hq.network().identity("PA-LAB");
        hq.network().authority().revoke(SiteId.of("PA-LAB"));
        Files.copy(
                hq.network().authorityFolder().resolve("ca.crl"),
                hq.network().identityFolder(TestNetwork.HQ).resolve("ca.crl"));
        hq.start();
    }

    @AfterAll
    static void stop() {
        hq.close();
    }

    private static void assertTurnedAway(SiteIdentity identity, String protocol) {
        assertThatThrownBy(() -> {
                    try (RawStompClient client = RawStompClient.secure(hq.port(), identity, protocol)) {
                        // With TLS 1.3 a client learns of its refusal only when it reads.
                        client.sendBytes("CONNECT\naccept-version:1.2\nhost:x\n\n\0".getBytes("US-ASCII"));
                        client.receive();
                    }
                })
                .isInstanceOf(UncheckedIOException.class);
        RawStompClient.connect(hq.port(), hq.network().identity(LAB)).close();
        assertThat(hq.database().number("SELECT count(*) FROM message")).isZero();
    }

    @Test
    void turnsAwayAClientWithoutACertificate() {
        assertTurnedAway(null, "TLSv1.3");
    }

    @Test
    void turnsAwayACertificateOfAnotherAuthority() {
        assertTurnedAway(TestNetwork.create(folder.resolve("theirs")).identity(LAB), "TLSv1.3");
    }

    @Test
    void turnsAwayACertificateWhoseTimeIsOver() throws Exception {
        Clock past = Clock.offset(Clock.systemUTC(), Duration.ofDays(-900));
        Path identity = folder.resolve("ended/identity");
        CertificateAuthority.load(hq.network().authorityFolder(), () -> null, new SecureRandom(), past)
                .issue(LAB, Role.LAB, List.of(), identity);
        assertTurnedAway(SiteIdentity.load(identity, () -> null, past), "TLSv1.3");
    }

    @Test
    void turnsAwayARevokedCertificate() throws Exception {
        assertTurnedAway(hq.network().identity("PA-LAB"), "TLSv1.3");
    }

    /** A list that the CA's keeper puts at headquarters alone, and an older one that an operator puts there. */
    @Test
    void handsOutTheNewestRevocationListAsTheCaSignedIt() throws Exception {
        TestNetwork network = hq.network();
        Path list = network.authorityFolder().resolve("ca.crl");
        Path own = network.identityFolder(TestNetwork.HQ).resolve("ca.crl");
        byte[] first = Files.readAllBytes(own);
        try (RawStompClient centre = hq.connect("CA-RC")) {
            centre.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/revocations")
                    .header(Headers.ID, "r")
                    .build());
            StompFrame message = centre.receive();
            assertThat(message.header(Headers.SUBSCRIPTION)).isEqualTo("r");
            assertThat(message.header(Headers.DESTINATION)).isEqualTo("/revocations");
            assertThat(message.body()).isEqualTo(first);

            network.authority().renewList();
            Files.copy(list, own, StandardCopyOption.REPLACE_EXISTING);
            assertThat(centre.receive().body()).isEqualTo(Files.readAllBytes(list));
        }
        Files.write(own, first);
        try (RawStompClient centre = hq.connect("CA-RC")) {
            centre.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/revocations")
                    .header(Headers.ID, "r")
                    .build());
            assertThat(centre.receive().body()).isEqualTo(Files.readAllBytes(list));
        }
    }

    @Test
    void turnsAwayTls12() {
        assertTurnedAway(hq.network().identity(LAB), "TLSv1.2");
    }
}
