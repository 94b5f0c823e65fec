package io.saddlebag.dsse;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.security.PublicKey;

/**
 * An envelope whose signer may sign, and whose signature is still to be verified.
 *
 * @param signer the site that the CA certified for the envelope's certificate
 * @param key of the certificate
 * @param fingerprint of the key
 */
record PendingEnvelope(Envelope envelope, SiteId signer, PublicKey key, Sha256 fingerprint) {
    /** @param cause null when the signature is well-formed and does not verify */
    Refusal unverified(Exception cause) {
        return new Refusal(
                Refusal.Code.BAD_SIGNATURE,
                "Expected a signature of " + signer + " by its key " + fingerprint
                        + ", found one that does not verify: the bytes were altered, or another key signed them",
                cause);
    }
}
