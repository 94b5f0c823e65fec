package io.saddlebag.hq.keys;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.store.sql.KeyBundleStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyStepsTest {
    @TempDir
    static Path network;

    private static SiteIdentity identity;

    @TempDir
    Path folder;

    private final StepFixture centre = new StepFixture("CA-RC");
    private final StepFixture lab = new StepFixture("FL-LAB");
    private TestDatabase database;
    private KeySteps steps;

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(network).identity("CA-RC");
    }

    @BeforeEach
    void open() throws Exception {
        database = TestDatabase.create();
        steps = steps();
    }

    /** As after a start of headquarters. */
    private KeySteps steps() throws Exception {
        KeyDirectory directory = new KeyDirectory(
                new KeyBundleStore(database.dataSource()), new EnvelopeVerifier(identity.trust()), Clock.systemUTC());
        return new KeySteps(
                directory, StepFixture.topology(folder), identity.trust().networkId());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static KeyBundle bundle(long version) {
        return SignedMessage.keyBundle(identity.trust().networkId(), "CA-RC", version);
    }

    /** As the route has it once the bundle's signature has verified. */
    private Exchange verified(String signer, byte[] payload) {
        byte[] envelope = SignedMessage.sign(identity, KeyBundle.TYPE, payload);
        Exchange exchange =
                centre.exchange(StompFrame.of(StompCommand.SEND).body(envelope).build());
        exchange.setProperty(SignatureProperties.SIGNER, SiteId.of(signer));
        exchange.setProperty(SignatureProperties.SIGNER_EPOCH, identity.epoch());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(payload));
        exchange.getMessage().setBody(payload);
        return exchange;
    }

    private void register(long version) throws Exception {
        steps.registerKeys(verified("CA-RC", Json.write(bundle(version))));
    }

    private void follow(String site) {
        steps.followKeys(lab.exchange(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, "k")
                .header(Headers.DESTINATION, "/keys/" + site)
                .build()));
    }

    @Test
    void handsTheBundleOfACentreToTheRouteThatVerifies() {
        Exchange exchange = centre.exchange(
                StompFrame.of(StompCommand.SEND).body(new byte[] {1}).build());
        steps.readKeys(exchange);
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(KeyBundle.TYPE);
        assertThat(exchange.getMessage().getBody(byte[].class)).containsExactly(1);
    }

    @Test
    void refusesTheKeysOfASiteThatReceivesNothing() {
        assertRefused(
                Code.NOT_PERMITTED,
                () -> steps.readKeys(
                        lab.exchange(StompFrame.of(StompCommand.SEND).build())));
    }

    @Test
    void sendsTheCurrentBundleAndEachNewOne() throws Exception {
        register(1);
        follow("CA-RC");
        register(2);

        assertThat(lab.connection.frames)
                .extracting(frame -> frame.header(Headers.KEY_VERSION))
                .containsExactly("1", "2");
        assertThat(database.number("SELECT count(*) FROM key_bundle")).isEqualTo(2);
    }

    @Test
    void sendsNothingMoreOnceTheSubscriptionHasEnded() throws Exception {
        follow("CA-RC");
        lab.session.unsubscribe("k");
        register(1);
        assertThat(lab.connection.frames).isEmpty();
    }

    @Test
    void followsForNoConnectionThatHasEnded() throws Exception {
        lab.session.close();
        follow("CA-RC");
        register(1);
        assertThat(lab.connection.frames).isEmpty();
    }

    @Test
    void refusesABundleThatAnotherSiteSigned() {
        assertRefused(Code.WRONG_SENDER, () -> steps.registerKeys(verified("NY-RC", Json.write(bundle(1)))));
    }

    @Test
    void refusesABundleForAnotherNetwork() {
        KeyBundle other = SignedMessage.keyBundle(Sha256.of(new byte[0]), "CA-RC", 1);
        assertRefused(Code.BAD_SIGNATURE, () -> steps.registerKeys(verified("CA-RC", Json.write(other))));
    }

    @Test
    void refusesABundleThatIsNone() {
        assertRefused(Code.MALFORMED, () -> steps.registerKeys(verified("CA-RC", new byte[] {'['})));
    }

    @Test
    void refusesAnOlderBundle() throws Exception {
        register(2);
        assertRefused(Code.ROLLBACK, () -> register(1));
    }

    @Test
    void refusesToFollowASiteThatIsNone() {
        assertRefused(Code.UNKNOWN_DESTINATION, () -> follow("TX-RC"));
        assertRefused(Code.MALFORMED, () -> follow("not a site"));
    }

    @Test
    void refusesAClientThatDoesNotRead() {
        lab.connection.writable = false;
        assertRefused(Code.TOO_LARGE, () -> follow("CA-RC"));
    }
}
