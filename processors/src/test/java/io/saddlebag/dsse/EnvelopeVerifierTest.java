package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verification where no route runs; {@link SignatureRoutesTest} tries the same checks in the routes. */
class EnvelopeVerifierTest {
    private static final byte[] PAYLOAD = {1, 2, 3};

    @TempDir
    private static Path folder;

    private static TestNetwork network;
    private static SiteIdentity identity;

    private final EnvelopeVerifier verifier = new EnvelopeVerifier(identity.trust());

    @BeforeAll
    static void issue() {
        network = TestNetwork.create(folder);
        identity = network.identity("FL-LAB");
    }

    @Test
    void tellsSignerAndPayload() throws Exception {
        EnvelopeVerifier.Verified verified =
                verifier.verify(envelope(identity, PAYLOAD).write(), Manifest.TYPE);

        assertThat(verified.signer()).isEqualTo(identity.site());
        assertThat(verified.payload()).isEqualTo(PAYLOAD);
    }

    @Test
    void refusesAnotherType() throws Exception {
        assertRefused(envelope(identity, PAYLOAD), DeliveryReceipt.TYPE, Manifest.TYPE);
    }

    @Test
    void refusesAnotherPayload() throws Exception {
        Envelope signed = envelope(identity, PAYLOAD);

        assertRefused(
                new Envelope(Manifest.TYPE, new byte[] {9}, signed.keyId(), signed.signature(), signed.certificate()),
                Manifest.TYPE,
                "does not verify");
    }

    @Test
    void refusesTheKeyIdOfAnotherCertificateThoughItKnowsTheCertificate() throws Exception {
        Envelope signed = envelope(identity, PAYLOAD);
        verifier.verify(signed.write(), Manifest.TYPE);

        assertRefused(
                new Envelope(
                        Manifest.TYPE,
                        PAYLOAD,
                        network.identity("PA-LAB").signingFingerprint(),
                        signed.signature(),
                        signed.certificate()),
                Manifest.TYPE,
                "keyid");
    }

    @Test
    void refusesWhatIsNoCertificate() throws Exception {
        Envelope signed = envelope(identity, PAYLOAD);

        assertRefused(
                new Envelope(Manifest.TYPE, PAYLOAD, signed.keyId(), signed.signature(), new byte[] {0x30}),
                Manifest.TYPE,
                "DER");
    }

    @Test
    void refusesASignerOfAnotherNetwork(@TempDir Path elsewhere) throws Exception {
        SiteIdentity stranger = TestNetwork.create(elsewhere).identity("FL-LAB");

        assertRefused(
                envelope(stranger, PAYLOAD),
                Manifest.TYPE,
                identity.trust().networkId().brief());
    }

    @Test
    void refusesASignerWhoseRoleMayNotSignThat() throws Exception {
        SiteIdentity lab = identity;
        SiteIdentity centre = network.identity("CA-RC");
        SiteIdentity headquarters = network.identity(TestNetwork.HQ);

        assertRefused(envelope(centre, PAYLOAD), Manifest.TYPE, "for a centre");
        assertRefused(envelope(headquarters, PAYLOAD), Manifest.TYPE, "for a log");
        for (String ofCentres : List.of(KeyBundle.TYPE, DeliveryReceipt.TYPE)) {
            assertThat(verifier.verify(envelope(centre, PAYLOAD, ofCentres).write(), ofCentres)
                            .signer())
                    .isEqualTo(centre.site());
            assertRefused(envelope(lab, PAYLOAD, ofCentres), ofCentres, "for a lab");
            assertRefused(envelope(headquarters, PAYLOAD, ofCentres), ofCentres, "for a log");
        }
        assertRefused(envelope(headquarters, PAYLOAD, "text/plain"), "text/plain", "no role that is known");
    }

    @Test
    void judgesAnewASignerWhoseCertificateWasRevokedSince(@TempDir Path elsewhere) throws Exception {
        TestNetwork other = TestNetwork.create(elsewhere);
        SiteIdentity lab = other.identity("FL-LAB");
        Envelope envelope = envelope(lab, PAYLOAD);
        EnvelopeVerifier before = new EnvelopeVerifier(lab.trust());
        before.requireSigner(envelope);
        other.authority().revoke(lab.site());
        Path identityFolder = other.identityFolder(other.identity("CA-RC").site());

        EnvelopeVerifier after = new EnvelopeVerifier(Trust.load(identityFolder, Clock.systemUTC()));

        assertThatThrownBy(() -> after.requireSigner(envelope))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("revoked");
    }

    private void assertRefused(Envelope envelope, String type, String because) {
        assertThatThrownBy(() -> verifier.verify(envelope.write(), type))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SIGNATURE))
                .hasMessageContaining(because);
    }

    private static Envelope envelope(SiteIdentity signer, byte[] payload) throws Exception {
        return envelope(signer, payload, Manifest.TYPE);
    }

    private static Envelope envelope(SiteIdentity signer, byte[] payload, String type) throws Exception {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(signer.signingKey());
        signature.update(Envelope.preAuthenticationEncoding(type, payload));
        return new Envelope(
                type,
                payload,
                signer.signingFingerprint(),
                signature.sign(),
                signer.signingCertificate().getEncoded());
    }
}
