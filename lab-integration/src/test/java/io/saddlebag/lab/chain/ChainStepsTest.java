package io.saddlebag.lab.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainStepsTest {
    @TempDir
    static Path networkFolder;

    private static SiteIdentity identity;

    @TempDir
    private Path home;

    private final LoggedLines log = LoggedLines.of(ChainSteps.class);
    private final CompletableFuture<StompFrame> receipt = new CompletableFuture<>();
    private TestRecords records;
    private ChainQuestions questions;
    private ChainSteps steps;
    private Exchange exchange;

    @BeforeAll
    static void network() {
        identity = TestNetwork.create(networkFolder).identity(TestLab.SITE);
    }

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        questions = new ChainQuestions(TestLab.SITE, frame -> receipt, Runnable::run, Duration.ofHours(1));
        steps = new ChainSteps(
                identity.site(),
                identity.trust().networkId(),
                questions,
                records.journal().chain());
        exchange = records.exchange();
    }

    @AfterEach
    void close() {
        records.close();
        log.close();
    }

    private static byte[] manifest(Sha256 network, SiteId sender) {
        return Json.write(new Manifest(
                network,
                MessageId.of(sender + "_DAT_20251008_001"),
                Instant.parse("2025-10-08T09:00:00Z"),
                null,
                new Manifest.Sender(sender, identity.signingFingerprint()),
                List.of(new Manifest.Recipient(TestRecords.CENTRE, "k1", 1, null)),
                new Manifest.Routing("labs", List.of("ca_rc")),
                new Manifest.Body(Manifest.Body.AGE, 7, Sha256.of(new byte[0])),
                1));
    }

    private static byte[] own() {
        return manifest(identity.trust().networkId(), TestLab.SITE);
    }

    private void collect(byte[] manifest, SiteId signer) {
        exchange.getIn().setBody(manifest);
        exchange.setProperty(SignatureProperties.SIGNER, signer);
        steps.collect(exchange);
    }

    private void assertRefused(byte[] manifest, SiteId signer, Code code) {
        assertThatThrownBy(() -> collect(manifest, signer))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private void read(byte[] envelope) {
        exchange.getIn()
                .setBody(StompFrame.of(StompCommand.MESSAGE).body(envelope).build());
        steps.readFrame(exchange);
    }

    private void fault(Exception cause) {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, cause);
        steps.reportFault(exchange);
    }

    @Test
    void handsAnEnvelopeOnToBeVerifiedAsAManifest() {
        read(new byte[] {7});

        assertThat(exchange.getIn().getBody()).isEqualTo(new byte[] {7});
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(Manifest.TYPE);
    }

    @Test
    void collectsAManifestThatThisLaboratorySigned() {
        CompletableFuture<List<SentManifest>> answer = questions.newest();
        collect(own(), TestLab.SITE);
        receipt.complete(StompFrame.of(StompCommand.RECEIPT).build());

        assertThat(answer)
                .isCompletedWithValueMatching(found -> found.get(0).sha256().equals(Sha256.of(own())));
    }

    @Test
    void refusesAManifestOfAnotherSignerSenderOrNetworkAndNone() {
        assertRefused(own(), SiteId.of("PA-LAB"), Code.WRONG_SENDER);
        assertRefused(manifest(identity.trust().networkId(), SiteId.of("PA-LAB")), TestLab.SITE, Code.WRONG_SENDER);
        assertRefused(manifest(Sha256.of(new byte[] {1}), TestLab.SITE), TestLab.SITE, Code.WRONG_SENDER);
        assertRefused("{}".getBytes(StandardCharsets.UTF_8), TestLab.SITE, Code.MALFORMED);
    }

    @Test
    void aConflictIsOneByItsCode() {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new Refusal(Code.CONFLICT, "another"));
        assertThat(ConflictSteps.isConflict(exchange)).isTrue();
        exchange.setException(new Refusal(Code.BAD_FILE, "no"));
        assertThat(ConflictSteps.isConflict(exchange)).isFalse();
        exchange.setException(new IOException("no"));
        assertThat(ConflictSteps.isConflict(exchange)).isFalse();
    }

    @Test
    void warnsOfAManifestThatDoesNotCount() {
        read("no envelope".getBytes(StandardCharsets.UTF_8));
        fault(new Refusal(Code.BAD_SIGNATURE, "it does not hold"));

        assertThat(log.at(Level.WARN)).singleElement().asString().contains("does not count", "it does not hold");
    }

    @Test
    void doesNotWarnOfAManifestThatTheJournalHasToo() throws Exception {
        byte[] manifest = own();
        records.journal()
                .sealed(records.claimed("a.csv", "it"), null, places -> manifest)
                .join();
        read(new Envelope(
                        Manifest.TYPE,
                        manifest,
                        identity.signingFingerprint(),
                        new byte[64],
                        identity.signingCertificate().getEncoded())
                .write());
        fault(new Refusal(Code.BAD_SIGNATURE, "its certificate has ended"));

        assertThat(log.from(Level.INFO)).isEmpty();
    }

    @Test
    void logsTroubleAsAnErrorAndAFullQueueNotAtAll() {
        fault(new IOException("the disk is full"));
        fault(new RejectedExecutionException("full"));

        assertThat(log.from(Level.INFO)).singleElement().asString().contains("the disk is full");
    }
}
