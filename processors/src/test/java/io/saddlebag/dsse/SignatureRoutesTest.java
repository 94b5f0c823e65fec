package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.camel.SiteRuntime;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped signature routes with real certificates; each test runs them under one set of providers. */
class SignatureRoutesTest {
    private static final byte[] PAYLOAD = "{\"not\": \"a manifest\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private static Path folder;

    private static TestNetwork network;
    private static SiteIdentity identity;
    private static SiteRuntime runtime;

    @BeforeAll
    static void start() throws Exception {
        network = TestNetwork.create(folder);
        identity = network.identity("FL-LAB");
        start(CryptoProviders.choose());
    }

    private static void start(CryptoProviders providers) throws Exception {
        SiteHome home = new SiteHome(folder.resolve("fl-lab"));
        Files.createDirectories(home.routes());
        Files.writeString(home.settingsFile(), "");
        runtime = new SiteRuntime(home, Settings.load(home, List.of(), Map.of()), List.of("common"));
        runtime.bind(SignatureSteps.beans(identity, providers));
        runtime.start();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    private Exchange send(String route, byte[] body, String type, Consumer<Exchange> more) {
        return runtime.context().createProducerTemplate().send(route, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, type);
            more.accept(exchange);
        });
    }

    private byte[] sign(byte[] payload, String type) {
        Exchange signed = send("direct:sign", payload, type, exchange -> {});
        assertThat(signed.getException()).isNull();
        return signed.getMessage().getBody(byte[].class);
    }

    private Exchange verify(byte[] envelope) {
        return send("direct:verify", envelope, Manifest.TYPE, exchange -> {});
    }

    static Stream<CryptoProviders> providers() {
        return Stream.of(CryptoProviders.choose(), CryptoProviders.portable());
    }

    @ParameterizedTest
    @MethodSource("providers")
    void signsAndVerifiesWhatItSigned(CryptoProviders providers) throws Exception {
        runtime.close();
        start(providers);

        Exchange verified = verify(sign(PAYLOAD, Manifest.TYPE));

        assertThat(verified.getException()).isNull();
        assertThat(verified.getMessage().getBody(byte[].class)).isEqualTo(PAYLOAD);
        assertThat(verified.getProperty(SignatureProperties.SIGNER)).isEqualTo(SiteId.of("FL-LAB"));
        assertThat(verified.getProperty(SignatureProperties.SIGNER_FINGERPRINT))
                .isEqualTo(identity.signingFingerprint());
        assertThat(verified.getProperty(SignatureProperties.PAYLOAD_SHA256)).isEqualTo(Sha256.of(PAYLOAD));
        assertThat(verified.getMessage().getHeaders()).isEmpty();
    }

    /** An independent verification: the JDK's own Ed25519 over DSSE's encoding. */
    @Test
    void signsWhatAnyDsseVerifierVerifies() throws Exception {
        Envelope envelope = Envelope.parse(sign(PAYLOAD, Manifest.TYPE));

        Signature verifier = Signature.getInstance("Ed25519", "SunEC");
        verifier.initVerify(identity.signingCertificate().getPublicKey());
        verifier.update(("DSSEv1 " + Manifest.TYPE.length() + " " + Manifest.TYPE + " " + PAYLOAD.length + " ")
                .getBytes(StandardCharsets.UTF_8));
        verifier.update(PAYLOAD);

        assertThat(verifier.verify(envelope.signature())).isTrue();
        assertThat(envelope.certificate())
                .isEqualTo(identity.signingCertificate().getEncoded());
        assertThat(envelope.keyId()).isEqualTo(identity.signingFingerprint());
    }

    @Test
    void tellsTheDigestOfWhatItSigned() {
        Exchange signed = send("direct:sign", PAYLOAD, Manifest.TYPE, exchange -> {});

        assertThat(signed.getProperty(SignatureProperties.PAYLOAD_SHA256)).isEqualTo(Sha256.of(PAYLOAD));
        assertThat(signed.getMessage().getHeaders()).isEmpty();
    }

    @Test
    void keepsTheHeadersThatAreNotItsOwn() {
        Exchange verified =
                send("direct:verify", sign(PAYLOAD, Manifest.TYPE), Manifest.TYPE, exchange -> exchange.getMessage()
                        .setHeader("message_id", "FL-LAB_DAT_20251008_001"));

        assertThat(verified.getMessage().getHeader("message_id")).isEqualTo("FL-LAB_DAT_20251008_001");
    }

    @Test
    void doesNotTakeAKeyFromAHeaderToSignWith() throws Exception {
        PrivateKey other = ed25519().getPrivate();

        Exchange signed = send("direct:sign", PAYLOAD, Manifest.TYPE, exchange -> exchange.getMessage()
                .setHeader("CamelSignaturePrivateKey", other));

        assertThat(verify(signed.getMessage().getBody(byte[].class)).getException())
                .isNull();
    }

    @Test
    void doesNotTakeAKeyFromAHeaderToVerifyWith() throws Exception {
        KeyPair forger = ed25519();
        byte[] forged = forge(forger.getPrivate(), identity.signingCertificate().getEncoded());

        Exchange verified = send("direct:verify", forged, Manifest.TYPE, exchange -> {
            exchange.getMessage().setHeader("CamelSignaturePublicKeyOrCert", forger.getPublic());
            exchange.getMessage().setHeader("CamelDigitalSignature", "AAAA");
        });

        assertRefused(verified);
    }

    @Test
    void doesNotTakeOverWhoSignedAnEarlierEnvelope() {
        byte[] forged = sign(PAYLOAD, Manifest.TYPE);
        forged[forged.length / 2] ^= 1;

        Exchange verified = send("direct:verify", forged, Manifest.TYPE, exchange -> {
            exchange.setProperty(SignatureProperties.SIGNER, SiteId.of("PA-LAB"));
            exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(PAYLOAD));
        });

        assertRefused(verified);
    }

    @Test
    void refusesAnotherPayload() {
        Envelope signed = Envelope.parse(sign(PAYLOAD, Manifest.TYPE));
        byte[] other = PAYLOAD.clone();
        other[0] ^= 1;

        assertRefused(verify(
                new Envelope(Manifest.TYPE, other, signed.keyId(), signed.signature(), signed.certificate()).write()));
    }

    @Test
    void refusesAnEnvelopeOfAnotherTypeThanAskedFor() {
        assertRefused(verify(sign(PAYLOAD, DeliveryReceipt.TYPE)));
    }

    @Test
    void refusesASignatureMadeForAnotherType() {
        Envelope receipt = Envelope.parse(sign(PAYLOAD, DeliveryReceipt.TYPE));

        assertRefused(verify(new Envelope(
                        Manifest.TYPE, receipt.payload(), receipt.keyId(), receipt.signature(), receipt.certificate())
                .write()));
    }

    @Test
    void refusesASignatureUnderAnotherSitesCertificate() throws Exception {
        Envelope signed = Envelope.parse(sign(PAYLOAD, Manifest.TYPE));
        SiteIdentity other = network.identity("PA-LAB");

        assertRefused(verify(new Envelope(
                        Manifest.TYPE,
                        PAYLOAD,
                        other.signingFingerprint(),
                        signed.signature(),
                        other.signingCertificate().getEncoded())
                .write()));
    }

    @Test
    void refusesAKeyIdThatIsNotTheCertificates() {
        Envelope signed = Envelope.parse(sign(PAYLOAD, Manifest.TYPE));

        assertRefused(verify(
                new Envelope(Manifest.TYPE, PAYLOAD, Sha256.of(PAYLOAD), signed.signature(), signed.certificate())
                        .write()));
    }

    @Test
    void refusesASignerOfAnotherNetwork(@TempDir Path elsewhere) throws Exception {
        SiteIdentity stranger = TestNetwork.create(elsewhere).identity("FL-LAB");

        Exchange refused = verify(
                forge(stranger.signingKey(), stranger.signingCertificate().getEncoded()));

        assertRefused(refused);
        assertThat(refused.getException())
                .hasMessageContaining(identity.trust().networkId().brief());
    }

    @Test
    void refusesATlsCertificateAsASigners() throws Exception {
        assertRefused(
                verify(forge(ed25519().getPrivate(), identity.tlsCertificate().getEncoded())));
    }

    @Test
    void refusesBytesBehindTheCertificate() throws Exception {
        byte[] certificate = identity.signingCertificate().getEncoded();

        assertRefused(
                verify(forge(identity.signingKey(), java.util.Arrays.copyOf(certificate, certificate.length + 1))));
    }

    @Test
    void refusesEveryMutationOfAnEnvelopeOrGivesThePayloadThatWasSigned() {
        byte[] envelope = sign(PAYLOAD, Manifest.TYPE);
        Random random = new Random(20251008);
        for (int round = 0; round < 1_000; round++) {
            byte[] mutated = envelope.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            Exchange verified = verify(mutated);
            if (verified.getException() == null) {
                assertThat(verified.getMessage().getBody(byte[].class)).isEqualTo(PAYLOAD);
            } else {
                assertRefused(verified);
            }
        }
    }

    private static KeyPair ed25519() throws Exception {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    private byte[] forge(PrivateKey key, byte[] certificate) throws Exception {
        Signature signer = Signature.getInstance("Ed25519", "SunEC");
        signer.initSign(java.security.KeyFactory.getInstance("Ed25519", "SunEC")
                .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(key.getEncoded())));
        signer.update(Envelope.preAuthenticationEncoding(Manifest.TYPE, PAYLOAD));
        return new Envelope(Manifest.TYPE, PAYLOAD, identity.signingFingerprint(), signer.sign(), certificate).write();
    }

    private static void assertRefused(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(Refusal.Code.BAD_SIGNATURE));
        assertThat(exchange.getProperty(SignatureProperties.SIGNER)).isNull();
        assertThat(exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT)).isNull();
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_SHA256)).isNull();
        assertThat(exchange.getMessage().getHeaders().keySet()).noneMatch(name -> name.startsWith("Camel"));
    }
}
