package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.keys.KeyDirectory;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing keys of a centre that are stolen, revoked or lost, against a whole headquarters over TLS. */
class HqKeysTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    @TempDir
    Path folder;

    private RunningHq hq;

    @BeforeEach
    void start() {
        hq = RunningHq.start(folder, Map.of());
    }

    @AfterEach
    void stop() {
        hq.close();
    }

    private String register(byte[] envelope) {
        try (RawStompClient owner = hq.connect("CA-RC")) {
            owner.send(StompFrame.of(StompCommand.SEND)
                    .header(Headers.DESTINATION, "/keys")
                    .header(Headers.RECEIPT, "k")
                    .body(envelope)
                    .build());
            StompFrame answer = owner.receive();
            assertThat(answer.command()).isEqualTo(StompCommand.RECEIPT);
            return answer.header(Headers.STATUS) == null ? "registered" : answer.header(Headers.CODE);
        }
    }

    private byte[] bundle(KeyBundle bundle) {
        return SignedMessage.sign(hq.network().identity(CENTRE), KeyBundle.TYPE, Json.write(bundle));
    }

    private byte[] bundle(long version) {
        return bundle(
                SignedMessage.keyBundle(hq.network().identity(CENTRE).trust().networkId(), "CA-RC", version));
    }

    /** The bundle that a laboratory gets; null when there is none. */
    private byte[] handedOut() {
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/keys/CA-RC")
                    .header(Headers.ID, "keys")
                    .header(Headers.RECEIPT, "s")
                    .build());
            StompFrame first = lab.receive();
            return first.command() == StompCommand.MESSAGE ? first.body() : null;
        }
    }

    /** Revokes all that the centre has and issues it a new identity, as after the loss of its home. */
    private void loseHome() throws Exception {
        TestNetwork network = hq.network();
        network.authority().revoke(CENTRE);
        Files.copy(
                network.authorityFolder().resolve("ca.crl"),
                network.identityFolder(TestNetwork.HQ).resolve("ca.crl"),
                StandardCopyOption.REPLACE_EXISTING);
        network.reissue(CENTRE);
    }

    @Test
    void aThiefCannotUseUpTheVersionsOfACentre() {
        KeyBundle own =
                SignedMessage.keyBundle(hq.network().identity(CENTRE).trust().networkId(), "CA-RC", 2);
        KeyBundle last =
                new KeyBundle(own.networkId(), CENTRE, Long.MAX_VALUE, own.previous(), own.issued(), own.keys());
        assertThat(register(bundle(1))).isEqualTo("registered");

        assertThat(register(bundle(last))).isEqualTo("too-large");

        assertThat(register(bundle(own))).isEqualTo("registered");
        assertThat(handedOut()).isEqualTo(bundle(own));
    }

    @Test
    void aCentreThatLostItsHomeBeginsAnewUnderANewCertificate() throws Exception {
        byte[] before = bundle(1);
        assertThat(register(before)).isEqualTo("registered");
        assertThat(register(bundle(2))).isEqualTo("registered");
        loseHome();
        hq.stop();
        hq.start();

        assertThat(register(bundle(1))).isEqualTo("registered");

        assertThat(handedOut()).isEqualTo(bundle(1)).isNotEqualTo(before);
        assertThat(register(before)).isEqualTo("bad-signature");
    }

    @Test
    void handsOutNoBundleWhoseSignerWasRevoked() throws Exception {
        assertThat(register(bundle(1))).isEqualTo("registered");
        assertThat(handedOut()).isNotNull();
        loseHome();
        hq.stop();
        try (LoggedLines log = LoggedLines.of(KeyDirectory.class)) {
            hq.start();

            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("CA-RC: the stored key bundle is not handed out", "revoked");
        }
        assertThat(handedOut()).isNull();
    }

    @Test
    void refusesABundleThatDoesNotFollowTheOneBefore() {
        KeyBundle first =
                SignedMessage.keyBundle(hq.network().identity(CENTRE).trust().networkId(), "CA-RC", 1);
        KeyBundle fork = new KeyBundle(first.networkId(), CENTRE, 2, first.networkId(), first.issued(), first.keys());
        assertThat(register(bundle(first))).isEqualTo("registered");

        assertThat(register(bundle(fork))).isEqualTo("conflict");
    }
}
