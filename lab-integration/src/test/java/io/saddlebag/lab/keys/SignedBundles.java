package io.saddlebag.lab.keys;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.seal.AgeIdentity;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Key bundles of a site as {@code direct:verify} releases them. Their signatures are not looked at any more. */
final class SignedBundles {
    private static final String RECIPIENT = AgeIdentity.generate().recipient();

    private final SiteIdentity signer;

    SignedBundles(SiteIdentity signer) {
        this.signer = signer;
    }

    /** One with a key for a day from then on; each follows the one before. */
    KeyBundle version(long version, Instant issued) {
        return version(version, issued, issued, issued.plus(Duration.ofDays(30)));
    }

    KeyBundle version(long version, Instant issued, Instant from, Instant until) {
        return new KeyBundle(
                signer.trust().networkId(),
                signer.site(),
                version,
                version == 1 ? null : Sha256.of(Json.write(version(version - 1, issued, from, until))),
                issued,
                List.of(new KeyBundle.Key("k" + version, RECIPIENT, from, until)));
    }

    VerifiedBundle verified(KeyBundle bundle) {
        return new VerifiedBundle(
                bundle, signer.site(), new BundleMark(signer.epoch(), bundle.version(), Sha256.of(Json.write(bundle))));
    }

    byte[] envelope(KeyBundle bundle) {
        try {
            return new Envelope(
                            KeyBundle.TYPE,
                            Json.write(bundle),
                            signer.signingFingerprint(),
                            new byte[Envelope.SIGNATURE_LENGTH],
                            signer.signingCertificate().getEncoded())
                    .write();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
