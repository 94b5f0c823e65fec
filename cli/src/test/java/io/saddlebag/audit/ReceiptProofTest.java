package io.saddlebag.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.audit.ReceiptProof.Judgement;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.VerifiedReceipts;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts whose signer's certificate ended or was revoked, with real certificates of the past. */
class ReceiptProofTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Sha256 CONTENT = Sha256.of(new byte[] {1});
    private static final Sha256 MANIFEST = Sha256.of(new byte[] {2});
    private static final ReceiptSecret SECRET = ReceiptSecret.random(new SecureRandom());
    private static final Provider ED25519 = CryptoProviders.choose().signature();

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    private Path folder;

    private SettableClock clock;
    private TestNetwork network;
    private SiteIdentity lab;
    private SiteIdentity centre;

    private void issued(Duration ago) throws Exception {
        clock = SettableClock.still(now.minus(ago));
        network = TestNetwork.create(folder.resolve("network"), clock);
        lab = SiteIdentity.load(network.identityFolder(LAB), () -> null, clock);
        centre = SiteIdentity.load(network.identityFolder(CENTRE), () -> null, clock);
    }

    private void revoke(SiteId site, Duration ago) throws Exception {
        clock.advance(Duration.between(clock.instant(), now.minus(ago)));
        network.authority().revoke(site);
    }

    private byte[] receipt() {
        byte[] payload = Json.write(DeliveryReceipt.received(
                lab.trust().networkId(), ID, LAB, CENTRE, MANIFEST, SECRET.proof(CONTENT, 1), now, 1, 1));
        return Envelope.signed(centre, DeliveryReceipt.TYPE, payload, ED25519).write();
    }

    private byte[] word(SiteIdentity signer, MessageId of, Instant verified) {
        Sha256 receipt = Sha256.of(Envelope.parse(receipt()).payload());
        return Envelope.signed(
                        signer,
                        VerifiedReceipts.TYPE,
                        Json.write(new VerifiedReceipts(
                                lab.trust().networkId(),
                                of,
                                LAB,
                                List.of(new VerifiedReceipts.Verified(CENTRE, receipt, verified)))),
                        ED25519)
                .write();
    }

    private Judgement judge(byte[] word) throws Exception {
        return judge(word, null);
    }

    private Judgement judge(byte[] word, Instant at) throws Exception {
        Map<String, Object> file = new HashMap<>(Map.of(
                "message_id",
                ID,
                "sender_id",
                LAB,
                "manifest_sha256",
                MANIFEST,
                "sha256",
                CONTENT,
                "size",
                1,
                "receipt_secret",
                SECRET,
                "recipients",
                List.of(Map.of(
                        "receiver_client_id",
                        CENTRE,
                        "state",
                        "acknowledged",
                        "receipt",
                        Json.read(receipt(), Map.class)))));
        if (word != null) {
            file.put("verified", Json.read(word, Map.class));
        }
        SentReceipts receipts = ReceiptProof.read(Files.write(folder.resolve("receipts.json"), Json.write(file)));
        Trust trust = Trust.load(network.authorityFolder(), Clock.systemUTC());
        return new ReceiptProof(trust, at).judge(receipts, receipts.recipients().get(0));
    }

    @Test
    void holdsByItselfWhileItsSignersCertificateCounts() throws Exception {
        issued(Duration.ofDays(10));

        assertThat(judge(null)).extracting(Judgement::holds, Judgement::asOf).containsExactly(true, null);
        assertThat(judge(word(lab, ID, now.minus(Duration.ofDays(5)))))
                .extracting(Judgement::holds, Judgement::asOf)
                .containsExactly(true, null);
    }

    @Test
    void provesNothingAsOfATimeBeforeIt() throws Exception {
        issued(Duration.ofDays(10));

        assertThat(judge(null, now))
                .extracting(Judgement::holds, Judgement::asOf)
                .containsExactly(true, now);
        assertThat(judge(null, now.minus(Duration.ofDays(5))).fault())
                .contains("Expected a receipt from before " + now.minus(Duration.ofDays(5)) + ", found one of " + now);
    }

    @Test
    void holdsAsOfWhenItWasVerifiedOnceItsSignersCertificateEnded() throws Exception {
        issued(Duration.ofDays(900));
        Instant verified = now.minus(Duration.ofDays(890));

        assertThat(judge(null).fault()).contains("is valid from");
        assertThat(judge(word(lab, ID, verified)))
                .extracting(Judgement::holds, Judgement::asOf)
                .containsExactly(true, verified);
        assertThat(judge(word(lab, ID, now.minus(Duration.ofDays(1)))).holds())
                .as("verified after it had ended")
                .isFalse();
    }

    @Test
    void holdsAsOfWhenItWasVerifiedOnceItsSignersCertificateWasRevoked() throws Exception {
        issued(Duration.ofDays(10));
        revoke(CENTRE, Duration.ofDays(2));
        Instant verified = now.minus(Duration.ofDays(5));

        assertThat(judge(null).fault()).contains("has revoked");
        assertThat(judge(word(lab, ID, verified)))
                .extracting(Judgement::holds, Judgement::asOf)
                .containsExactly(true, verified);
        assertThat(judge(word(lab, ID, now.minus(Duration.ofDays(1)))).holds())
                .as("verified after it was revoked")
                .isFalse();
    }

    @Test
    void takesTheWordOfNobodyButTheLaboratoryOnThisMessage() throws Exception {
        issued(Duration.ofDays(10));
        revoke(CENTRE, Duration.ofDays(2));
        Instant verified = now.minus(Duration.ofDays(5));

        assertThat(judge(word(centre, ID, verified)).holds()).isFalse();
        assertThat(judge(word(lab, MessageId.of("FL-LAB_DAT_20251008_002"), verified))
                        .holds())
                .isFalse();
    }

    @Test
    void takesNoWordOfALaboratoryWhoseCertificateIsRevoked() throws Exception {
        issued(Duration.ofDays(10));
        revoke(CENTRE, Duration.ofDays(2));
        revoke(LAB, Duration.ofDays(1));

        assertThat(judge(word(lab, ID, now.minus(Duration.ofDays(5)))).holds()).isFalse();
    }
}
