package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each step alone, with real certificates; {@link SignatureRoutesTest} runs them in the shipped routes. */
class SignatureStepsTest {
    private static final byte[] PAYLOAD = "{\"not\": \"a manifest\"}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = "CamelDigitalSignature";
    private static final String KEY = "CamelSignaturePublicKeyOrCert";

    @TempDir
    private static Path folder;

    private static SiteIdentity identity;

    private final SignatureSteps steps = new SignatureSteps(identity);
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(folder).identity("FL-LAB");
    }

    @BeforeEach
    void ask() {
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.getMessage().setBody(PAYLOAD);
    }

    @Test
    void bindsEachStepUnderTheNameThatTheRoutesUse() {
        Map<String, Object> beans = SignatureSteps.beans(identity);

        assertThat(beans)
                .containsOnlyKeys(
                        "dsseDropHeaders",
                        "dsseEncode",
                        "dsseWrap",
                        "dsseUnwrap",
                        "dsseRefuse",
                        "dsseRelease",
                        "dsseProvider",
                        "lookAtIdentity");
        assertThat(beans.values()).filteredOn(Processor.class::isInstance).hasSize(7);
    }

    @Test
    void dropsHeadersOfSignaturesInAnyCaseAndWhoSignedBefore() throws Exception {
        unwrapSigned();
        exchange.getMessage().setHeader("camelsignatureprivatekey", "key");
        exchange.getMessage().setHeader("CAMELDIGITALSIGNATURE", "AAAA");
        exchange.getMessage().setHeader("message_id", "FL-LAB_DAT_20251008_001");
        exchange.setProperty(SignatureProperties.SIGNER, SiteId.of("PA-LAB"));
        exchange.setProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.of(PAYLOAD));
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(PAYLOAD));

        steps.dropHeaders(exchange);

        assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys("message_id");
        assertNobodySigned();
        assertThatThrownBy(() -> steps.release(exchange)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void encodesThePayloadForItsType() throws Exception {
        steps.encode(exchange);

        assertThat(exchange.getMessage().getBody())
                .isEqualTo(Envelope.preAuthenticationEncoding(Manifest.TYPE, PAYLOAD));
    }

    @Test
    void encodesNoMissingPayload() {
        exchange.getMessage().setBody(null);

        assertThatThrownBy(() -> steps.encode(exchange)).isInstanceOf(InvalidPayloadException.class);
    }

    @Test
    void requiresAPayloadType() throws Exception {
        byte[] envelope = envelope(Manifest.TYPE);
        exchange.removeProperty(SignatureProperties.PAYLOAD_TYPE);

        assertThatThrownBy(() -> steps.encode(exchange))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(SignatureProperties.PAYLOAD_TYPE);
        exchange.getMessage().setBody(envelope);
        assertThatThrownBy(() -> steps.unwrap(exchange))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(SignatureProperties.PAYLOAD_TYPE);
    }

    @Test
    void wrapsThePayloadAndItsSignature() throws Exception {
        byte[] signature = sign(Manifest.TYPE);
        steps.encode(exchange);
        exchange.getMessage().setHeader(SIGNATURE, Base64.getEncoder().encode(signature));

        steps.wrap(exchange);

        Envelope envelope = Envelope.parse(exchange.getMessage().getBody(byte[].class));
        assertThat(envelope.payloadType()).isEqualTo(Manifest.TYPE);
        assertThat(envelope.payload()).isEqualTo(PAYLOAD);
        assertThat(envelope.signature()).isEqualTo(signature);
        assertThat(envelope.keyId()).isEqualTo(identity.signingFingerprint());
        assertThat(envelope.certificate())
                .isEqualTo(identity.signingCertificate().getEncoded());
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_SHA256)).isEqualTo(Sha256.of(PAYLOAD));
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
    }

    @Test
    void signsAsTheIdentityThatIsNamedThoughTheSiteHasARenewedOne() throws Exception {
        SiteIdentity before = TestNetwork.create(folder.resolve("before")).identity("FL-LAB");
        exchange.setProperty(SignatureProperties.SIGN_AS, before);
        steps.encode(exchange);

        assertThat(exchange.getMessage().getHeader("CamelSignaturePrivateKey")).isEqualTo(before.signingKey());
        exchange.getMessage().setHeader(SIGNATURE, Base64.getEncoder().encode(sign(Manifest.TYPE)));
        steps.wrap(exchange);
        Envelope envelope = Envelope.parse(exchange.getMessage().getBody(byte[].class));
        assertThat(envelope.keyId()).isEqualTo(before.signingFingerprint());
        assertThat(exchange.getProperty(SignatureProperties.SIGN_AS)).isNull();
    }

    @Test
    void wrapsNothingWithoutASignature() throws Exception {
        steps.encode(exchange);

        assertThatThrownBy(() -> steps.wrap(exchange))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(SIGNATURE);
    }

    @Test
    void unwrapsForTheVerifierAndBelievesNothingYet() throws Exception {
        unwrapSigned();

        assertThat(exchange.getMessage().getBody())
                .isEqualTo(Envelope.preAuthenticationEncoding(Manifest.TYPE, PAYLOAD));
        assertThat(exchange.getMessage().getHeader(KEY, PublicKey.class))
                .isEqualTo(identity.signingCertificate().getPublicKey());
        assertThat(exchange.getMessage().getHeader(SIGNATURE))
                .isEqualTo(Base64.getEncoder().encodeToString(sign(Manifest.TYPE)));
        assertNobodySigned();
    }

    @Test
    void unwrapsNoEnvelopeOfAnotherType() throws Exception {
        exchange.getMessage().setBody(envelope(DeliveryReceipt.TYPE));

        assertThatThrownBy(() -> steps.unwrap(exchange))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SIGNATURE))
                .hasMessageContaining(DeliveryReceipt.TYPE);
        assertNobodySigned();
    }

    @Test
    void unwrapsNothingElse() {
        assertThatThrownBy(() -> steps.unwrap(exchange)).isInstanceOf(Refusal.class);
        exchange.getMessage().setBody(null);
        assertThatThrownBy(() -> steps.unwrap(exchange)).isInstanceOf(InvalidPayloadException.class);
    }

    @Test
    void refusesWithTheProvidersExceptionAsItsCause() throws Exception {
        Exception thrown = new java.security.SignatureException("the provider's own");
        unwrapSigned();
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, thrown);

        assertThatThrownBy(() -> steps.refuse(exchange))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SIGNATURE))
                .hasMessageContaining("FL-LAB")
                .hasCause(thrown);
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
        assertThatThrownBy(() -> steps.release(exchange)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void releasesThePayloadAndItsSigner() throws Exception {
        unwrapSigned();

        steps.release(exchange);

        assertThat(exchange.getMessage().getBody()).isEqualTo(PAYLOAD);
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
        assertThat(exchange.getProperty(SignatureProperties.SIGNER)).isEqualTo(identity.site());
        assertThat(exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT))
                .isEqualTo(identity.signingFingerprint());
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_SHA256)).isEqualTo(Sha256.of(PAYLOAD));
    }

    @Test
    void releasesAndRefusesOnlyWhatWasUnwrapped() {
        assertThatThrownBy(() -> steps.release(exchange))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dsseUnwrap");
        assertThatThrownBy(() -> steps.refuse(exchange))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dsseUnwrap");
        assertNobodySigned();
    }

    private void unwrapSigned() throws Exception {
        exchange.getMessage().setBody(envelope(Manifest.TYPE));
        steps.unwrap(exchange);
    }

    private static byte[] envelope(String type) throws Exception {
        byte[] certificate = identity.signingCertificate().getEncoded();
        return new Envelope(type, PAYLOAD, identity.signingFingerprint(), sign(type), certificate).write();
    }

    private static byte[] sign(String type) throws Exception {
        Signature signer = Signature.getInstance("Ed25519", "SunEC");
        signer.initSign(java.security.KeyFactory.getInstance("Ed25519", "SunEC")
                .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(
                        identity.signingKey().getEncoded())));
        signer.update(Envelope.preAuthenticationEncoding(type, PAYLOAD));
        return signer.sign();
    }

    private void assertNobodySigned() {
        assertThat(exchange.getProperty(SignatureProperties.SIGNER)).isNull();
        assertThat(exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT)).isNull();
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_SHA256)).isNull();
    }
}
