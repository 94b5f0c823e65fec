package io.saddlebag.dsse;

import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;

/** Judges if a key bundle may replace the one that is pinned. */
public final class KeyBundles {
    private KeyBundles() {}

    /**
     * Judges a bundle whose signature has verified.
     *
     * @param candidate the payload that {@code direct:verify} gave
     * @param signer who signed it
     * @param known the one pinned so far; null when the site is new
     * @return true when it replaces {@code known}; false when it is equal
     * @throws Refusal {@code WRONG_SENDER} when another site signed it; {@code MALFORMED} when one of its keys cannot be
     *     sealed for, so that it cannot stop the messages to others; {@code ROLLBACK} when its version is lower than
     *     the one known; {@code CONFLICT} when it is of another network, or a different bundle of the same version
     */
    public static boolean accept(KeyBundle candidate, SiteId signer, KeyBundle known) {
        if (!candidate.siteId().equals(signer)) {
            throw new Refusal(
                    Refusal.Code.WRONG_SENDER,
                    "Expected the key bundle of " + candidate.siteId() + " to be signed by that site, found " + signer);
        }
        requireUsable(candidate);
        if (known == null) {
            return true;
        }
        if (!candidate.siteId().equals(known.siteId()) || !candidate.networkId().equals(known.networkId())) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected a key bundle of " + known.siteId() + " in the network " + known.networkId() + ", found "
                            + candidate.siteId() + " in " + candidate.networkId());
        }
        if (candidate.version() < known.version()) {
            throw new Refusal(
                    Refusal.Code.ROLLBACK,
                    "Expected version " + known.version() + " or later of the key bundle of " + known.siteId()
                            + ", found " + candidate.version()
                            + ": an old one was handed out; ask the site which version is current");
        }
        if (candidate.version() == known.version() && !candidate.equals(known)) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected the same key bundle of " + known.siteId() + " under version " + known.version()
                            + " as before, found other keys; ask the site to register a new version");
        }
        return candidate.version() > known.version();
    }

    private static void requireUsable(KeyBundle candidate) {
        for (KeyBundle.Key key : candidate.keys()) {
            try {
                AgeIdentity.requireRecipient(key.recipient());
            } catch (IllegalArgumentException e) {
                throw new Refusal(
                        Refusal.Code.MALFORMED,
                        "In version " + candidate.version() + " of the key bundle of " + candidate.siteId() + ": "
                                + e.getMessage(),
                        e);
            }
        }
    }
}
