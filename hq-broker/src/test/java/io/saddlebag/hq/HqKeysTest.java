package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.keys.KeyDirectory;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.RenewalRequest;
import io.saddlebag.message.Sha256;
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
import java.time.Instant;
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

    private StompFrame ask(String site, StompFrame.Builder frame) {
        try (RawStompClient client = hq.connect(site)) {
            client.send(frame.header(Headers.RECEIPT, "1").build());
            return client.receive();
        }
    }

    private String request(String connection, String signer, String site) {
        RenewalRequest request = new RenewalRequest(
                hq.network().identity(signer).trust().networkId(), SiteId.of(site), Instant.now(), "-----BEGIN");
        byte[] body = SignedMessage.sign(hq.network().identity(signer), RenewalRequest.TYPE, Json.write(request));
        StompFrame answer = ask(
                connection,
                StompFrame.of(StompCommand.SEND)
                        .header(Headers.DESTINATION, Headers.RENEWAL)
                        .body(body));
        return answer.header(Headers.STATUS) == null ? "requested" : answer.header(Headers.CODE);
    }

    private StompFrame follow(String connection, String site) {
        return ask(
                connection,
                StompFrame.of(StompCommand.SUBSCRIBE)
                        .header(Headers.DESTINATION, Headers.RENEWAL_PREFIX + site)
                        .header(Headers.ID, "r"));
    }

    @Test
    void aSiteAsksForCertificatesInItsOwnNameAloneAndHearsOfItsOwnRequestAlone() throws Exception {
        assertThat(follow("FL-LAB", "FL-LAB").header(Headers.STATE)).isEqualTo("none");
        assertThat(request("CA-RC", "FL-LAB", "FL-LAB")).isEqualTo("wrong-sender");
        assertThat(request("CA-RC", "CA-RC", "FL-LAB")).isEqualTo("wrong-sender");
        assertThat(follow("CA-RC", "FL-LAB").header(Headers.CODE)).isEqualTo("not-permitted");
        StompFrame.Builder large = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.RENEWAL)
                .body(new byte[RenewalRequest.MAX_SIZE + 1]);
        assertThat(ask("CA-RC", large).header(Headers.CODE)).isEqualTo("too-large");
        assertThat(hq.network().home(TestNetwork.HQ).resolve("renewals")).doesNotExist();

        assertThat(request("FL-LAB", "FL-LAB", "FL-LAB")).isEqualTo("requested");
        assertThat(follow("FL-LAB", "FL-LAB").header(Headers.STATE)).isEqualTo("waiting");
        Path renewal = hq.network().home(TestNetwork.HQ).resolve("renewals/FL-LAB");
        Files.writeString(renewal.resolve("answer.pem"), "signed");
        StompFrame answered = follow("FL-LAB", "FL-LAB");
        assertThat(answered.header(Headers.STATE)).isEqualTo("answered");
        assertThat(answered.body()).asString().isEqualTo("signed");
        assertThat(answered.header(Headers.REQUEST_SHA256))
                .isEqualTo(Sha256.of(Files.readAllBytes(renewal.resolve("request.json")))
                        .hex());

        assertThat(request("FL-LAB", "FL-LAB", "FL-LAB")).isEqualTo("requested");
        assertThat(follow("FL-LAB", "FL-LAB").header(Headers.STATE)).isEqualTo("waiting");
        assertThat(renewal.resolve("answer.pem")).doesNotExist();
    }
}
