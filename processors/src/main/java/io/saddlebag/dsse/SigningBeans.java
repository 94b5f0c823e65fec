package io.saddlebag.dsse;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.site.camel.SiteRuntime;
import java.security.Security;
import java.security.cert.CertificateEncodingException;
import java.util.Map;

/** The beans behind {@code routes/common/signatures.camel.yaml}. */
public final class SigningBeans {
    private SigningBeans() {}

    /**
     * Binds what {@code direct:sign} and {@code direct:verify} need: this site's signing key and its trust. Before the
     * runtime starts.
     *
     * <p>camel-crypto finds a provider by its name only, so the one that signs is registered with the JVM, last in the
     * order, where nothing else picks it up.
     */
    public static void bind(SiteRuntime runtime, SiteIdentity identity) {
        bind(runtime, identity, CryptoProviders.choose());
    }

    static void bind(SiteRuntime runtime, SiteIdentity identity, CryptoProviders providers) {
        beans(identity, providers).forEach(runtime::bind);
    }

    /** As {@link #bind}, by their names, for a registry of one's own. */
    public static Map<String, Object> beans(SiteIdentity identity) {
        return beans(identity, CryptoProviders.choose());
    }

    private static Map<String, Object> beans(SiteIdentity identity, CryptoProviders providers) {
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
