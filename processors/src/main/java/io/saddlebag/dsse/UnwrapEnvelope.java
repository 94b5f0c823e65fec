package io.saddlebag.dsse;

import io.saddlebag.identity.Fingerprints;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.crypto.DigitalSignatureConstants;

/**
 * Takes an envelope apart and has its certificate judged by the network's trust, so that camel-crypto can verify the
 * signature under it. Looks at nothing inside the payload. For any thread.
 */
final class UnwrapEnvelope implements Processor {
    /** Certificates that counted once are not read again; whether they still count is asked each time. */
    private static final int MAX_REMEMBERED = 256;

    private final Trust trust;
    private final Map<ByteBuffer, Certified> remembered = new ConcurrentHashMap<>();

    UnwrapEnvelope(Trust trust) {
        this.trust = trust;
    }

    private record Certified(X509Certificate certificate, Sha256 fingerprint) {}

    /** An envelope whose signer may sign; the signature is still to be verified with the certificate's key. */
    record Signed(PendingEnvelope pending, X509Certificate certificate) {}

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        Signed signed = check(Envelope.parse(message.getMandatoryBody(byte[].class)), PayloadType.of(exchange));
        Envelope envelope = signed.pending().envelope();
        exchange.setProperty(PendingEnvelope.PROPERTY, signed.pending());
        message.setHeader(
                DigitalSignatureConstants.SIGNATURE_PUBLIC_KEY_OR_CERT,
                signed.certificate().getPublicKey());
        message.setHeader(
                DigitalSignatureConstants.SIGNATURE, Base64.getEncoder().encodeToString(envelope.signature()));
        message.setBody(Envelope.preAuthenticationEncoding(envelope.payloadType(), envelope.payload()));
    }

    /** Everything about an envelope but the signature itself. */
    Signed check(Envelope envelope, String type) {
        requireType(envelope, type);
        ByteBuffer der = ByteBuffer.wrap(envelope.certificate());
        Certified known = remembered.get(der);
        Certified certified = known == null ? read(envelope) : known;
        X509Certificate certificate = certified.certificate();
        SiteId signer = trust.verifySigner(certificate);
        Sha256 fingerprint = certified.fingerprint();
        if (known == null) {
            remember(der, certified);
        }
        if (!fingerprint.equals(envelope.keyId())) {
            throw refusal(
                    "the keyid of " + signer + "'s certificate, " + fingerprint,
                    envelope.keyId().hex(),
                    null);
        }
        return new Signed(new PendingEnvelope(envelope, signer, fingerprint), certificate);
    }

    private static Certified read(Envelope envelope) {
        X509Certificate certificate = certificate(envelope);
        return new Certified(certificate, Fingerprints.of(certificate.getPublicKey()));
    }

    private void remember(ByteBuffer der, Certified certified) {
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(der, certified);
    }

    private static void requireType(Envelope envelope, String expected) {
        if (!expected.equals(envelope.payloadType())) {
            throw refusal("an envelope of type " + expected, Printable.of(envelope.payloadType()), null);
        }
    }

    private static X509Certificate certificate(Envelope envelope) {
        ByteArrayInputStream der = new ByteArrayInputStream(envelope.certificate());
        try {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(der);
            if (der.available() == 0) {
                return certificate;
            }
        } catch (CertificateException e) {
            throw refusal("the signer's certificate as DER", "something else", e);
        }
        throw refusal("the signer's certificate as DER", "more bytes behind it", null);
    }

    private static Refusal refusal(String expected, String found, Exception cause) {
        return new Refusal(Refusal.Code.BAD_SIGNATURE, "Expected " + expected + ", found " + found, cause);
    }
}
