package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.deliver.FaultSteps;
import io.saddlebag.rc.keys.KeySteps;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.AgeKeyFile;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Senders that a centre must not believe, and keys in its name that are not its own, in a whole centre over TLS. */
class RcKeysTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path folder;

    private Centre centre;
    private LoggedLines refusals;

    @BeforeEach
    void make() throws Exception {
        centre = new Centre(folder);
        refusals = LoggedLines.of(FaultSteps.class);
    }

    @AfterEach
    void close() {
        refusals.close();
        centre.close();
    }

    private void assertRefused(StompFrame nack, String code, String because) {
        assertThat(nack.command()).isEqualTo(StompCommand.NACK);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo(code);
        assertThat(refusals.from(Level.WARN))
                .anySatisfy(line -> assertThat(line).contains(code, because));
        assertThat(centre.outbox("")).doesNotExist();
    }

    private Letters.Letter from(String site) throws Exception {
        String id = site + "_DAT_20251008_001";
        return new Letters(centre.network.identity(site), centre.ageKey.recipient()).letter(id, id + ".csv", CONTENT);
    }

    @Test
    void refusesMessagesThatHeadquartersOrAnotherCentreSigned() throws Exception {
        centre.start();

        assertRefused(centre.deliver(from("DC-HQ")), "bad-signature", "for a log");
        assertRefused(centre.deliver(from("NY-RC")), "bad-signature", "for a centre");
    }

    @Test
    void takesOnlyTheSendersThatItsOutboxAccepts() throws Exception {
        centre.outboxParameter("accept-from", "NY-LAB, PA-LAB");
        centre.start();

        assertRefused(centre.deliver(from("FL-LAB")), "not-permitted", "accept-from");
        byte[] large = new byte[2_500_000];
        assertRefused(centre.deliver(centre.letters.letter(ID, ID + ".bin", large)), "not-permitted", "accept-from");
        assertThat(centre.deliver(from("PA-LAB")).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.home.folder().resolve("outbox/PA-LAB/PA-LAB_DAT_20251008_001.csv"))
                .exists();
    }

    @Test
    void acknowledgesAgainAMessageOfASenderThatItAcceptsNoMore() throws Exception {
        centre.start();
        Letters.Letter letter = from("FL-LAB");
        centre.deliver(letter);
        centre.stop();
        centre.outboxParameter("accept-from", "PA-LAB");
        centre.start();

        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
    }

    @Test
    void refusesAMessageThatHeadquartersKeptBeyondItsTime() throws Exception {
        centre.start();
        centre.letters.expires = Instant.now().minusSeconds(1);

        assertRefused(centre.deliver(centre.letters.letter(ID, ID + ".csv", CONTENT)), "expired", "has not expired");
        centre.letters.expires = Instant.now().plus(Duration.ofHours(1));
        assertThat(centre.deliver(centre.letters.letter(ID, ID + ".csv", CONTENT))
                        .command())
                .isEqualTo(StompCommand.ACK);
    }

    /** The sender's key is stolen; headquarters hands the list out, later an older one, which its operator puts here too. */
    @Test
    void takesRevocationListsFromHeadquartersAndNoneThatIsOlder() throws Exception {
        Letters.Letter letter = from("PA-LAB");
        centre.network.identity("IL-LAB");
        centre.network.authority().revoke(SiteId.of("IL-LAB"));
        byte[] older = Files.readAllBytes(centre.network.authorityFolder().resolve("ca.crl"));
        centre.network.authority().revoke(SiteId.of("PA-LAB"));
        byte[] newer = Files.readAllBytes(centre.network.authorityFolder().resolve("ca.crl"));
        Path list = centre.home.identity().resolve("ca.crl");
        centre.start();

        centre.connection().send(revocations(newer));
        await().until(() -> Files.exists(list) && Arrays.equals(Files.readAllBytes(list), newer));
        assertRefused(centre.deliver(letter), "bad-signature", "has revoked");
        try (LoggedLines log = LoggedLines.of(Revocations.class)) {
            centre.connection().send(revocations(older));
            await().until(() -> !log.from(Level.ERROR).isEmpty());
            assertThat(log.from(Level.ERROR)).singleElement().asString().contains("headquarters: expected a list not");
        }
        assertRefused(centre.deliver(letter), "bad-signature", "has revoked");
        centre.stop();
        Files.write(list, older);
        centre.start();
        assertRefused(centre.deliver(letter), "bad-signature", "has revoked");
    }

    private static StompFrame revocations(byte[] list) {
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, "revocations")
                .header(Headers.MESSAGE_ID_OF_STOMP, "r")
                .header(Headers.DESTINATION, Headers.REVOCATIONS)
                .body(list)
                .build();
    }

    @Test
    void takesARotatedKeyUpWithoutARestartAndOpensWithTheOldOneUntilItsEnd() throws Exception {
        centre.start();
        centre.frame(StompCommand.SEND, 1);
        Path file = centre.home.identity().resolve("age.key");
        Instant now = Instant.now();
        AgeKeyFile rotated = AgeKeyFile.load(file, () -> null).rotated(now, now.plus(Duration.ofHours(1)));
        AgeIdentity next = rotated.published().get(0);
        rotated.replace(file, null);

        KeyBundle bundle = await().atMost(Duration.ofSeconds(60))
                .until(() -> bundle(newest(StompCommand.SEND)), each -> each.version() == 2);

        assertThat(bundle.keys()).extracting(KeyBundle.Key::recipient).containsExactly(next.recipient());
        Letters toNext = new Letters(centre.network.identity("FL-LAB"), next.recipient());
        assertThat(centre.deliver(from("FL-LAB")).command()).isEqualTo(StompCommand.ACK);
        toNext.seq = 2;
        String second = "FL-LAB_DAT_20251008_002";
        assertThat(centre.deliver(toNext.letter(second, second + ".csv", CONTENT))
                        .command())
                .isEqualTo(StompCommand.ACK);

        new AgeKeyFile(List.of(rotated.keys().get(0))).replace(file, null);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    centre.letters.seq++;
                    String id = "FL-LAB_DAT_20251008_1%02d".formatted(centre.letters.seq);
                    StompFrame answer = centre.deliver(centre.letters.letter(id, id + ".csv", CONTENT));
                    return answer.command() == StompCommand.NACK
                            && answer.header(Headers.REASON).startsWith("bad-seal");
                });
    }

    @Test
    void takesRenewedCertificatesUpWithoutARestartAndPublishesABundleUnderThem() throws Exception {
        centre.start();
        StompFrame first = centre.frame(StompCommand.SEND, 1);
        SiteIdentity renewed = centre.network.reissue(Centre.SITE);

        StompFrame second = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> newest(StompCommand.SEND),
                        frame -> Envelope.parse(frame.body()).keyId().equals(renewed.signingFingerprint()));

        assertThat(bundle(second).version()).isEqualTo(1);
        assertThat(bundle(second).keys()).isEqualTo(bundle(first).keys());
        StompFrame acknowledged = centre.deliver(from("FL-LAB"));
        byte[] receipt = Base64.getDecoder().decode(acknowledged.header(Headers.DELIVERY_RECEIPT));
        assertThat(Envelope.parse(receipt).keyId()).isEqualTo(renewed.signingFingerprint());
    }

    @Test
    void registersItsBundleAgainOnceHeadquartersTopologyHasIt() throws Exception {
        AtomicBoolean isKnown = new AtomicBoolean();
        centre.headquarters((connection, frame) ->
                isKnown.get() || frame.command() != StompCommand.SEND ? null : Centre.rejected(frame, "not-permitted"));
        try (LoggedLines lines = LoggedLines.of(KeySteps.class)) {
            centre.start();
            await().until(() -> centre.frames(StompCommand.SEND).size() >= 3);
            isKnown.set(true);
            await().until(() -> !lines.at(Level.INFO).isEmpty());

            assertThat(lines.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .startsWith("site=CA-RC key bundle not registered: ");
            assertThat(lines.at(Level.INFO)).containsExactly("site=CA-RC key bundle registered");
        }
    }

    private StompFrame newest(StompCommand command) {
        List<StompFrame> frames = centre.frames(command);
        return frames.get(frames.size() - 1);
    }

    private byte[] foreignBundle(KeyBundle own, long version) throws Exception {
        SiteIdentity stolen = centre.network.identity(Centre.SITE);
        Instant now = Instant.now();
        byte[] bundle = Json.write(new KeyBundle(
                own.networkId(),
                own.siteId(),
                version,
                Sha256.of(Json.write(own)),
                now,
                List.of(new KeyBundle.Key(
                        "thief", AgeIdentity.generate().recipient(), now, now.plus(KeyBundle.MAX_TERM)))));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(stolen.signingKey());
        signature.update(Envelope.preAuthenticationEncoding(KeyBundle.TYPE, bundle));
        return new Envelope(
                        KeyBundle.TYPE,
                        bundle,
                        stolen.signingFingerprint(),
                        signature.sign(),
                        stolen.signingCertificate().getEncoded())
                .write();
    }

    private void handOut(byte[] envelope) {
        centre.connection()
                .send(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.DESTINATION, "/keys/CA-RC")
                        .header(Headers.SUBSCRIPTION, "keys-CA-RC")
                        .header(Headers.MESSAGE_ID_OF_STOMP, "1")
                        .body(envelope)
                        .build());
    }

    @Test
    void raisesAnAlarmAtAForeignBundleInItsNameAndReplacesIt() throws Exception {
        centre.start();
        KeyBundle own = bundle(centre.frame(StompCommand.SEND, 1));
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            handOut(centre.frame(StompCommand.SEND, 1).body());
            handOut(foreignBundle(own, 2));

            KeyBundle next = bundle(centre.frame(StompCommand.SEND, 2));
            assertThat(next.version()).isEqualTo(3);
            assertThat(next.current(Instant.now(), false).recipient()).isEqualTo(centre.ageKey.recipient());
            assertThat(log.from(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("this site did not make", "[thief]", "signing.key");
        }
    }

    @Test
    void raisesAnAlarmAtAForeignBundleThatUsesUpTheNumbers() throws Exception {
        centre.start();
        KeyBundle own = bundle(centre.frame(StompCommand.SEND, 1));
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            handOut(foreignBundle(own, Long.MAX_VALUE));

            await().until(() -> !log.at(Level.ERROR).isEmpty());
            assertThat(log.at(Level.ERROR)).singleElement().asString().contains("can follow");
        }
        assertThat(centre.frames(StompCommand.SEND)).hasSize(1);
    }

    private static KeyBundle bundle(StompFrame register) {
        return Json.read(Envelope.parse(register.body()).payload(), KeyBundle.class);
    }
}
