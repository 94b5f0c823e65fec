package io.saddlebag.lab.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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
    private static final Sha256 NETWORK = Sha256.of(new byte[0]);
    private static final byte[] ENVELOPE = {7};

    @TempDir
    private Path home;

    private final AtomicInteger pinnedAnother = new AtomicInteger();
    private TestRecords records;
    private Exchange exchange;
    private PinnedKeys pinned;
    private KeySteps steps;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        exchange = records.exchange();
        pinned = new PinnedKeys(home.resolve("keys"), Set.of(CENTRE), Clock.systemUTC());
        steps = new KeySteps(pinned, Map.of(), NETWORK, pinnedAnother::incrementAndGet);
    }

    @AfterEach
    void close() {
        records.close();
    }

    private void read(String destination) {
        exchange.getIn()
                .setBody(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.DESTINATION, destination)
                        .body(ENVELOPE)
                        .build());
        steps.readFrame(exchange);
        steps.keepEnvelope(exchange);
    }

    @Test
    void handsTheEnvelopeOnToBeVerifiedAsAKeyBundle() {
        read("/keys/CA-RC");
        assertThat(exchange.getIn().getBody()).isEqualTo(new byte[] {7});
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(KeyBundle.TYPE);
    }

    @Test
    void refusesWhatNobodyAskedFor() {
        assertThatThrownBy(() -> read("/queue/ca_rc_queue")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> read(null)).isInstanceOf(Refusal.class);
    }

    private void pin(SiteId site, Sha256 network) throws IOException {
        read("/keys/" + site);
        KeyBundle.Key key = new KeyBundle.Key(
                "k1", AgeIdentity.generate().recipient(), Instant.EPOCH, Instant.parse("2999-01-01T00:00:00Z"));
        exchange.getIn().setBody(Json.write(new KeyBundle(network, site, 1, null, List.of(key))));
        exchange.setProperty(SignatureProperties.SIGNER, site);
        steps.pin(exchange);
    }

    @Test
    void pinsANewBundleWithItsEnvelopeAndTakesUpWhatWaits() throws Exception {
        pin(CENTRE, NETWORK);

        assertThat(pinned.envelopeOnDisk(CENTRE)).hasValue(ENVELOPE);
        assertThat(pinnedAnother).hasValue(1);
    }

    @Test
    void refusesABundleOfAnotherSiteOrNetwork() throws Exception {
        assertRefused(SiteId.of("NY-RC"), NETWORK, Refusal.Code.NOT_PERMITTED);
        assertRefused(CENTRE, Sha256.of(new byte[] {1}), Refusal.Code.CONFLICT);
        assertThat(pinned.current(CENTRE, false)).isNull();
        assertThat(pinnedAnother).hasValue(0);
    }

    private void assertRefused(SiteId site, Sha256 network, Refusal.Code code) {
        assertThatThrownBy(() -> pin(site, network))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void findsTheKeyOfEachRecipientOnceItIsPinned() throws Exception {
        OutgoingContext outgoing = OutgoingContext.message(exchange, records.claimed("a.csv", "it"));
        assertThatThrownBy(() -> steps.findRecipientKeys(exchange))
                .isInstanceOf(NotYetException.class)
                .hasMessageContaining("CA-RC");

        pin(CENTRE, NETWORK);
        steps.findRecipientKeys(exchange);
        assertThat(outgoing.keys()).containsOnlyKeys(CENTRE);
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
