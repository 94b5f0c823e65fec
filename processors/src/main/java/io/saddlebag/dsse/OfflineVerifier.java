package io.saddlebag.dsse;

import io.saddlebag.identity.Trust;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.security.GeneralSecurityException;
import java.security.Signature;

/**
 * Verifies envelopes where no route runs: for auditors, with the CA's certificate alone. The same checks in the same order
 * as {@code direct:verify}. For any number of threads.
 */
public final class OfflineVerifier {
    private final UnwrapEnvelope unwrap;

    public OfflineVerifier(Trust trust) {
        this.unwrap = new UnwrapEnvelope(trust);
    }

    /** What an envelope holds whose signature verified, and who signed it. */
    public record Verified(SiteId signer, byte[] payload) {}

    /**
     * @param type the DSSE payload type to expect
     * @throws Refusal {@code BAD_SIGNATURE} when anything of it does not hold; nothing inside the payload was looked at
     */
    public Verified verify(byte[] envelope, String type) {
        UnwrapEnvelope.Signed signed = unwrap.check(Envelope.parse(envelope), type);
        PendingEnvelope pending = signed.pending();
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(signed.certificate());
            signature.update(
                    Envelope.preAuthenticationEncoding(type, pending.envelope().payload()));
            if (!signature.verify(pending.envelope().signature())) {
                throw RefuseSignature.refusal(pending, null);
            }
        } catch (GeneralSecurityException e) {
            throw RefuseSignature.refusal(pending, e);
        }
        return new Verified(pending.signer(), pending.envelope().payload());
    }
}
