package io.saddlebag.identity;

import io.saddlebag.message.Sha256;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/** The SHA-256 names of certificates and keys, as errors, key ids and the network id use them. */
public final class Fingerprints {
    private Fingerprints() {}

    /** The digest of the certificate's DER form, what {@code openssl x509 -fingerprint -sha256} prints. */
    public static Sha256 of(X509Certificate certificate) {
        try {
            return Sha256.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("A certificate that was read has an encoding", e);
        }
    }

    /** The digest of the key's SubjectPublicKeyInfo (RFC 5280, section 4.1). */
    public static Sha256 of(PublicKey key) {
        return Sha256.of(key.getEncoded());
    }
}
