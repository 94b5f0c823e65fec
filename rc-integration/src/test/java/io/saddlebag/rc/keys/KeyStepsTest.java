package io.saddlebag.rc.keys;

import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.NOW;
import static io.saddlebag.rc.StepCentre.SITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.records.RcJournal.SignedBundle;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.AgeKeyFile;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyStepsTest {
    private static final Duration LIFETIME = KeyBundle.MAX_TERM.minusDays(1);

    @TempDir
    private Path folder;

    private StepCentre centre;
    private KeySteps steps;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(false, false));
        Path keyFile = folder.resolve("age.key");
        centre.ageKey.write(keyFile);
        OpeningKeys identities = OpeningKeys.load(keyFile, () -> null, Clock.fixed(NOW, ZoneOffset.UTC));
        ReceivingKeys keys = new ReceivingKeys(
                SITE,
                centre.identity.trust().networkId(),
                identities,
                centre.journal,
                LIFETIME,
                Clock.fixed(NOW, ZoneOffset.UTC));
        steps = new KeySteps(keys, identities, HqLinks.of(centre.link), centre.identity);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void endsTheRouteWhileTheAgeKeysAreAsTheyWere() throws Exception {
        Path keyFile = folder.resolve("age.key");
        Exchange unchanged = centre.exchange();
        steps.lookAtAgeKeys(unchanged);
        AgeKeyFile.load(keyFile, () -> null).rotated(NOW, NOW.plusSeconds(9)).replace(keyFile, null);
        Exchange changed = centre.exchange();
        steps.lookAtAgeKeys(changed);

        assertThat(unchanged.isRouteStop()).isTrue();
        assertThat(changed.isRouteStop()).isFalse();
    }

    @Test
    void makesABundleToSignAndKeepsItSigned() throws Exception {
        Exchange exchange = centre.exchange();
        steps.findKeyBundle(exchange);

        assertThat(exchange.getProperty("rcBundleToSign")).isEqualTo(true);
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(KeyBundle.TYPE);
        byte[] bundle = exchange.getMessage().getBody(byte[].class);
        assertThat(Json.read(bundle, KeyBundle.class).current(NOW, false).recipient())
                .isEqualTo(centre.ageKey.recipient());
        byte[] envelope = signed(bundle);
        exchange.getMessage().setBody(envelope);
        steps.keepKeyBundle(exchange);

        SignedBundle kept = centre.journal.newestBundle().orElseThrow();
        assertThat(kept.version()).isEqualTo(1);
        assertThat(kept.bundle()).isEqualTo(bundle);
        assertThat(kept.envelope()).isEqualTo(envelope);
    }

    @Test
    void findsTheBundleThatTheJournalHolds() throws Exception {
        Exchange first = centre.exchange();
        steps.findKeyBundle(first);
        byte[] envelope = signed(first.getMessage().getBody(byte[].class));
        first.getMessage().setBody(envelope);
        steps.keepKeyBundle(first);
        Exchange second = centre.exchange();

        steps.findKeyBundle(second);

        assertThat(second.getProperty("rcBundleToSign")).isEqualTo(false);
        assertThat(second.getMessage().getBody(byte[].class)).isEqualTo(envelope);
    }

    @Test
    void registersTheBundle() {
        assertThat(register()).containsExactly("site=CA-RC key bundle registered");

        StompFrame sent = centre.frames(StompCommand.SEND, 1).get(0);
        assertThat(sent.header(Headers.DESTINATION)).isEqualTo(Headers.KEYS);
        assertThat(sent.body()).containsExactly(7);
    }

    @Test
    void asksForTheBundleThatHeadquartersHoldsInstead() {
        for (String code : List.of("rollback", "conflict")) {
            centre.rejects(StompCommand.SEND, code);

            assertThat(register()).singleElement().asString().contains("headquarters holds another key bundle");
        }

        assertThat(centre.frames(StompCommand.SUBSCRIBE, 2).get(0).header(Headers.DESTINATION))
                .isEqualTo("/keys/CA-RC");
        centre.frames(StompCommand.UNSUBSCRIBE, 2);
    }

    @Test
    void continuesWhenHeadquartersRefusesTheBundle() {
        centre.rejects(StompCommand.SEND, "bad-signature");

        assertThat(register()).singleElement().asString().startsWith("site=CA-RC key bundle not registered: ");

        centre.frames(StompCommand.SUBSCRIBE, 0);
        Exchange refused = centre.exchange();
        steps.lookForRefusal(refused);
        assertThat(refused.isRouteStop()).isFalse();
    }

    @Test
    void doesNotRegisterAgainWhatHeadquartersHasTaken() {
        register();
        Exchange taken = centre.exchange();

        steps.lookForRefusal(taken);

        assertThat(taken.isRouteStop()).isTrue();
    }

    @Test
    void takesTheEnvelopeOfAFrameToBeVerified() {
        Exchange exchange = message("/keys/CA-RC");

        steps.takeKeyFrame(exchange);

        assertThat(exchange.getMessage().getBody(byte[].class)).containsExactly(7);
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(KeyBundle.TYPE);
    }

    @Test
    void raisesAnAlarmAtABundleInItsNameWithKeysThatItHasNot() throws Exception {
        Exchange exchange = held(bundle(5), SITE);

        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            steps.adoptKeyBundle(exchange);

            assertThat(log.from(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("version 5 of this site's key bundle, which this site did not make", "the keys [k]");
        }
        assertThat(exchange.isRouteStop()).isFalse();
        SignedBundle kept = centre.journal.newestBundle().orElseThrow();
        assertThat(kept.version()).isEqualTo(5);
        assertThat(kept.envelope()).containsExactly(7);
    }

    @Test
    void adoptsALaterBundleOfItsOwnKeysWithAWarning() throws Exception {
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            steps.adoptKeyBundle(held(bundle(5, centre.ageKey), SITE));

            assertThat(log.from(Level.WARN)).singleElement().asString().contains("continues from version 5");
        }
    }

    @Test
    void raisesAnAlarmAtABundleThatNoneCanFollow() throws Exception {
        Exchange exchange = held(bundle(Long.MAX_VALUE), SITE);

        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            steps.adoptKeyBundle(exchange);

            assertThat(log.from(Level.ERROR)).singleElement().asString().contains("no bundle of this site can follow");
        }
        assertThat(exchange.isRouteStop()).isTrue();
        assertThat(centre.journal.newestBundle()).isEmpty();
    }

    @Test
    void endsTheRouteAtABundleThatIsNotNewer() throws Exception {
        steps.adoptKeyBundle(held(bundle(5), SITE));
        Exchange exchange = held(bundle(4), SITE);

        steps.adoptKeyBundle(exchange);

        assertThat(exchange.isRouteStop()).isTrue();
        assertThat(centre.journal.newestBundle().orElseThrow().version()).isEqualTo(5);
    }

    @Test
    void refusesABundleThatAnotherSiteSigned() throws Exception {
        Exchange exchange = held(bundle(5), LAB);

        assertThatThrownBy(() -> steps.adoptKeyBundle(exchange))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.WRONG_SENDER));
        assertThat(centre.journal.newestBundle()).isEmpty();
    }

    private List<String> register() {
        Exchange exchange = centre.exchange();
        exchange.getMessage().setBody(new byte[] {7});
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            assertThat(steps.registerKeyBundle(exchange, doneSync -> done.complete(null)))
                    .isFalse();
            done.join();
            return log.from(Level.INFO);
        }
    }

    private Exchange message(String destination) {
        Exchange exchange = centre.exchange();
        exchange.getMessage()
                .setBody(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.DESTINATION, destination)
                        .body(new byte[] {7})
                        .build());
        return exchange;
    }

    private Exchange held(KeyBundle bundle, SiteId signer) {
        Exchange exchange = message("/keys/CA-RC");
        steps.takeKeyFrame(exchange);
        exchange.setProperty(SignatureProperties.SIGNER, signer);
        exchange.setProperty(SignatureProperties.SIGNER_EPOCH, centre.identity.epoch());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(Json.write(bundle)));
        exchange.getMessage().setBody(Json.write(bundle));
        return exchange;
    }

    private KeyBundle bundle(long version) {
        return bundle(version, AgeIdentity.generate());
    }

    private KeyBundle bundle(long version, AgeIdentity key) {
        return new KeyBundle(
                centre.identity.trust().networkId(),
                SITE,
                version,
                Sha256.of(new byte[] {2}),
                NOW,
                List.of(new KeyBundle.Key("k", key.recipient(), NOW.minusSeconds(9), NOW.plus(LIFETIME))));
    }

    private byte[] signed(byte[] bundle) throws Exception {
        return new Envelope(
                        KeyBundle.TYPE,
                        bundle,
                        centre.identity.signingFingerprint(),
                        new byte[Envelope.SIGNATURE_LENGTH],
                        centre.identity.signingCertificate().getEncoded())
                .write();
    }
}
