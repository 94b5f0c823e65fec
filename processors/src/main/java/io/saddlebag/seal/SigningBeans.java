package io.saddlebag.seal;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.site.SiteRuntime;
import java.security.Security;
import java.security.cert.CertificateEncodingException;

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
        Security.addProvider(providers.signature());
        runtime.bind("dsseDropHeaders", new DropSignatureHeaders())
                .bind("dsseEncode", new EncodeForSigning())
                .bind("dsseWrap", new WrapEnvelope(identity.signingFingerprint(), certificate(identity)))
                .bind("dsseUnwrap", new UnwrapEnvelope(identity.trust()))
                .bind("dsseRefuse", new RefuseSignature())
                .bind("dsseRelease", new ReleasePayload())
                .bind("dsseProvider", providers.signature().getName())
                .bind("dsseSigningKey", identity.signingKey());
    }

    private static byte[] certificate(SiteIdentity identity) {
        try {
            return identity.signingCertificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("A certificate that was read has an encoding", e);
        }
    }
}
