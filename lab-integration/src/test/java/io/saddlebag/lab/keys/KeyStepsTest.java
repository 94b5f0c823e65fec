package io.saddlebag.lab.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyStepsTest {
    private static final SiteId CENTRE = TestRecords.CENTRE;
    private static final Instant NOW = Instant.now();

    @TempDir
    private Path home;

    private final AtomicInteger pinnedAnother = new AtomicInteger();
    private SiteIdentity centre;
    private SignedBundles bundles;
    private SettableClock clock;
    private TestRecords records;
    private Exchange exchange;
    private PinnedKeys pinned;
    private KeySteps steps;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        exchange = records.exchange();
        centre = TestNetwork.create(home.resolve("network")).identity(CENTRE);
        bundles = new SignedBundles(centre);
        clock = SettableClock.still(NOW);
        pinned =
                new PinnedKeys(home.resolve("keys"), Set.of(CENTRE), new EnvelopeVerifier(centre.trust()), true, clock);
        steps = new KeySteps(pinned, Map.of(), centre.trust().networkId(), pinnedAnother::incrementAndGet);
    }

    @AfterEach
    void close() {
        records.close();
    }

    private void read(String destination, byte[] envelope) {
        exchange.getIn()
                .setBody(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.DESTINATION, destination)
                        .body(envelope)
                        .build());
        steps.readFrame(exchange);
        steps.keepEnvelope(exchange);
    }

    @Test
    void handsTheEnvelopeOnToBeVerifiedAsAKeyBundle() {
        read("/keys/CA-RC", new byte[] {7});
        assertThat(exchange.getIn().getBody()).isEqualTo(new byte[] {7});
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(KeyBundle.TYPE);
    }

    @Test
    void refusesWhatNobodyAskedFor() {
        assertThatThrownBy(() -> read("/queue/ca_rc_queue", new byte[0])).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> read(null, new byte[0])).isInstanceOf(Refusal.class);
    }

    private void pin(KeyBundle bundle) throws IOException {
        read("/keys/" + bundle.siteId(), bundles.envelope(bundle));
        exchange.getIn().setBody(Json.write(bundle));
        exchange.setProperty(SignatureProperties.SIGNER, bundle.siteId());
        exchange.setProperty(SignatureProperties.SIGNER_EPOCH, centre.epoch());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(Json.write(bundle)));
        steps.pin(exchange);
    }

    @Test
    void pinsANewBundleWithItsEnvelopeAndTakesUpWhatWaits() throws Exception {
        pin(bundles.version(1, NOW));

        assertThat(pinned.envelopeOnDisk(CENTRE)).hasValue(bundles.envelope(bundles.version(1, NOW)));
        assertThat(pinnedAnother).hasValue(1);
    }

    @Test
    void refusesABundleOfAnotherSiteOrNetwork() throws Exception {
        Sha256 network = centre.trust().networkId();
        KeyBundle own = bundles.version(1, NOW);
        assertRefused(new KeyBundle(network, SiteId.of("NY-RC"), 1, null, NOW, own.keys()), Refusal.Code.NOT_PERMITTED);
        assertRefused(
                new KeyBundle(Sha256.of(new byte[] {1}), CENTRE, 1, null, NOW, own.keys()), Refusal.Code.CONFLICT);
        assertThat(pinned.current(CENTRE, false)).isNull();
        assertThat(pinnedAnother).hasValue(0);
    }

    private void assertRefused(KeyBundle bundle, Refusal.Code code) {
        assertThatThrownBy(() -> pin(bundle))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void tellsOnceThatABundleIsNoLongerFreshAndTakesUpWhatWaitsWhenOneIs() throws Exception {
        steps.judge(exchange);
        pin(bundles.version(1, NOW));
        steps.judge(exchange);
        int before = pinnedAnother.get();
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            clock.advance(PinnedKeys.FRESH);
            steps.judge(exchange);
            steps.judge(exchange);

            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("key bundle of CA-RC, issued at " + NOW, "not fresh", "keys.freshness=required");
            assertThat(pinnedAnother).hasValue(before);
            clock.advance(PinnedKeys.FRESH.negated());
            steps.judge(exchange);
            assertThat(pinnedAnother).hasValue(before + 1);
        }
    }

    @Test
    void findsTheKeyOfEachRecipientOnceItIsPinned() throws Exception {
        OutgoingContext outgoing = OutgoingContext.message(exchange, records.claimed("a.csv", "it"));
        assertThatThrownBy(() -> steps.findRecipientKeys(exchange))
                .isInstanceOf(NotYetException.class)
                .hasMessageContaining("CA-RC");

        pin(bundles.version(1, NOW));
        steps.findRecipientKeys(exchange);
        assertThat(outgoing.keys()).containsOnlyKeys(CENTRE);

        clock.advance(PinnedKeys.FRESH);
        assertThatThrownBy(() -> steps.findRecipientKeys(exchange))
                .isInstanceOf(NotYetException.class)
                .hasMessageContaining("keys.freshness=required");
    }

    @Test
    void logsARefusedBundleAsAWarningAndTroubleAsAnError() {
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new Refusal(Refusal.Code.CONFLICT, "another network"));
            steps.reportFault(exchange);
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new IOException("the disk is full"));
            steps.reportFault(exchange);

            assertThat(log.at(Level.WARN)).singleElement().asString().contains("another network");
            assertThat(log.at(Level.ERROR)).singleElement().asString().contains("the disk is full");
        }
    }
}
