package io.saddlebag.dsse;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.security.Security;
import java.security.cert.CertificateEncodingException;
import java.util.Map;

/** The beans behind {@code routes/common/signatures.camel.yaml}. */
public final class SigningBeans {
    private SigningBeans() {}

    /**
     * Returns by their names the beans of {@code direct:sign} and {@code direct:verify}: this site's signing key, its
     * trust and the steps.
     *
     * <p>camel-crypto finds a provider by its name only. The one that signs is therefore registered with the JVM, last
     * in the order, where nothing else picks it up.
     */
    public static Map<String, Object> beans(SiteIdentity identity) {
        return beans(identity, CryptoProviders.choose());
    }

    static Map<String, Object> beans(SiteIdentity identity, CryptoProviders providers) {
        Security.addProvider(providers.signature());
        return Map.of(
                "dsseDropHeaders",
                new DropSignatureHeaders(),
                "dsseEncode",
                new EncodeForSigning(),
                "dsseWrap",
                new WrapEnvelope(identity.signingFingerprint(), certificate(identity)),
                "dsseUnwrap",
                new UnwrapEnvelope(identity.trust()),
                "dsseRefuse",
                new RefuseSignature(),
                "dsseRelease",
                new ReleasePayload(),
                "dsseProvider",
                providers.signature().getName(),
                "dsseSigningKey",
                identity.signingKey());
    }

    private static byte[] certificate(SiteIdentity identity) {
        try {
            return identity.signingCertificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("A certificate that was read has an encoding", e);
        }
    }
}
