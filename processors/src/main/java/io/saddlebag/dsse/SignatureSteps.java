package io.saddlebag.dsse;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Sha256;
import io.saddlebag.seal.CryptoProviders;
import java.security.Security;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.crypto.DigitalSignatureConstants;

/** The steps of {@code direct:sign} and {@code direct:verify}, around camel-crypto. For any number of threads. */
public final class SignatureSteps {
    private static final String PAYLOAD = "dssePayload";
    private static final String PRESENTED = "dssePresented";
    private static final String PENDING = "dssePending";

    private final EnvelopeVerifier verifier;
    private final CurrentIdentity identity;
    private volatile Presented newest;

    SignatureSteps(CurrentIdentity identity) {
        this.verifier = new EnvelopeVerifier(identity.now().trust());
        this.identity = identity;
        this.newest = Presented.of(identity.now());
    }

    /** An identity that signs, and how it shows in envelopes. */
    private record Presented(SiteIdentity identity, Sha256 keyId, byte[] certificate) {
        static Presented of(SiteIdentity identity) {
            try {
                return new Presented(
                        identity,
                        identity.signingFingerprint(),
                        identity.signingCertificate().getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("A certificate that was read has an encoding", e);
            }
        }
    }

    /**
     * Returns the beans of {@code routes/common} by their names.
     *
     * <p>camel-crypto finds a provider by its name only. The provider that signs is therefore registered with the JVM,
     * last in the order, where nothing else picks it up.
     */
    public static Map<String, Object> beans(CurrentIdentity identity) {
        return beans(identity, CryptoProviders.choose());
    }

    static Map<String, Object> beans(CurrentIdentity identity, CryptoProviders providers) {
        Security.addProvider(providers.signature());
        SignatureSteps steps = new SignatureSteps(identity);
        return Map.of(
                "dsseDropHeaders",
                (Processor) steps::dropHeaders,
                "dsseEncode",
                (Processor) steps::encode,
                "dsseWrap",
                (Processor) steps::wrap,
                "dsseUnwrap",
                (Processor) steps::unwrap,
                "dsseRefuse",
                (Processor) steps::refuse,
                "dsseRelease",
                (Processor) steps::release,
                "dsseProvider",
                providers.signature().getName(),
                "lookAtIdentity",
                (Processor) exchange -> identity.look());
    }

    /**
     * Drops what an earlier step or a peer may have left: the headers that camel-crypto takes for keys and signatures,
     * and the properties that name the signer.
     */
    void dropHeaders(Exchange exchange) {
        if (exchange.getMessage().hasHeaders()) {
            exchange.getMessage().getHeaders().keySet().removeIf(SignatureSteps::isOfSignatures);
        }
        exchange.removeProperty(SignatureProperties.SIGNER);
        exchange.removeProperty(SignatureProperties.SIGNER_FINGERPRINT);
        exchange.removeProperty(SignatureProperties.SIGNER_EPOCH);
        exchange.removeProperty(SignatureProperties.PAYLOAD_SHA256);
        exchange.removeProperty(PENDING);
    }

    /** Camel's headers ignore case. A prefix is cheaper than a pattern, and this runs for every message. */
    private static boolean isOfSignatures(String header) {
        return startsWith(header, "CamelSignature") || startsWith(header, "CamelDigitalSignature");
    }

    private static boolean startsWith(String header, String prefix) {
        return header.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    /** Replaces the payload by DSSE's pre-authentication encoding, keeps the payload, and chooses the key that signs. */
    void encode(Exchange exchange) throws InvalidPayloadException {
        Presented signer = signer((SiteIdentity) exchange.removeProperty(SignatureProperties.SIGN_AS));
        exchange.setProperty(PRESENTED, signer);
        exchange.getMessage()
                .setHeader(
                        DigitalSignatureConstants.SIGNATURE_PRIVATE_KEY,
                        signer.identity().signingKey());
        byte[] payload = exchange.getMessage().getMandatoryBody(byte[].class);
        exchange.setProperty(PAYLOAD, payload);
        exchange.getMessage().setBody(Envelope.preAuthenticationEncoding(payloadType(exchange), payload));
    }

    /** @param named null for the identity that the site has now */
    private Presented signer(SiteIdentity named) {
        SiteIdentity signer = named == null ? identity.now() : named;
        Presented known = newest;
        if (known.identity() != signer) {
            known = Presented.of(signer);
            newest = known;
        }
        return known;
    }

    /** Makes the envelope from the payload and the signature that camel-crypto left in a header. */
    void wrap(Exchange exchange) {
        byte[] signature = signature(exchange.getMessage().removeHeader(DigitalSignatureConstants.SIGNATURE));
        exchange.getMessage().removeHeader(DigitalSignatureConstants.SIGNATURE_PRIVATE_KEY);
        Presented signer = (Presented) exchange.removeProperty(PRESENTED);
        byte[] payload = (byte[]) exchange.removeProperty(PAYLOAD);
        Envelope envelope =
                new Envelope(payloadType(exchange), payload, signer.keyId(), signature, signer.certificate());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(payload));
        exchange.getMessage().setBody(envelope.write());
    }

    private static byte[] signature(Object header) {
        if (header instanceof byte[] base64) {
            return Base64.getDecoder().decode(base64);
        }
        throw new IllegalStateException("Expected a signature of camel-crypto in the header "
                + DigitalSignatureConstants.SIGNATURE + ", found " + header);
    }

    /** Checks an envelope up to its signature, and hands the signature and its key to camel-crypto. */
    void unwrap(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        EnvelopeVerifier.Pending pending =
                verifier.check(Envelope.parse(message.getMandatoryBody(byte[].class)), payloadType(exchange));
        Envelope envelope = pending.envelope();
        exchange.setProperty(PENDING, pending);
        message.setHeader(DigitalSignatureConstants.SIGNATURE_PUBLIC_KEY_OR_CERT, pending.key());
        message.setHeader(
                DigitalSignatureConstants.SIGNATURE, Base64.getEncoder().encodeToString(envelope.signature()));
        message.setBody(Envelope.preAuthenticationEncoding(envelope.payloadType(), envelope.payload()));
    }

    /** Ends a verification that failed as one refusal, whatever exception the provider threw. */
    void refuse(Exchange exchange) {
        EnvelopeVerifier.Pending refused = takePending(exchange);
        exchange.getMessage().removeHeaders("CamelSignature*");
        exchange.getMessage().removeHeaders("CamelDigitalSignature*");
        throw refused.unverified(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    /** Gives the payload and names its signer, after the signature has verified. */
    void release(Exchange exchange) {
        EnvelopeVerifier.Pending verified = takePending(exchange);
        byte[] payload = verified.envelope().payload();
        exchange.setProperty(SignatureProperties.SIGNER, verified.signer());
        exchange.setProperty(SignatureProperties.SIGNER_FINGERPRINT, verified.fingerprint());
        exchange.setProperty(SignatureProperties.SIGNER_EPOCH, verified.epoch());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(payload));
        Message message = exchange.getMessage();
        message.removeHeader(DigitalSignatureConstants.SIGNATURE);
        message.removeHeader(DigitalSignatureConstants.SIGNATURE_PUBLIC_KEY_OR_CERT);
        message.setBody(payload);
    }

    private static String payloadType(Exchange exchange) {
        String type = exchange.getProperty(SignatureProperties.PAYLOAD_TYPE, String.class);
        if (type == null) {
            throw new IllegalStateException(
                    "Expected the exchange property " + SignatureProperties.PAYLOAD_TYPE + ", found none");
        }
        return type;
    }

    private static EnvelopeVerifier.Pending takePending(Exchange exchange) {
        EnvelopeVerifier.Pending pending = (EnvelopeVerifier.Pending) exchange.removeProperty(PENDING);
        if (pending == null) {
            throw new IllegalStateException("Expected the step dsseUnwrap before this one");
        }
        return pending;
    }
}
