package io.saddlebag.dsse;

import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;

/** Judges if a key bundle may follow the one that is known. Every reader does: laboratory, headquarters, the site itself. */
public final class KeyBundles {
    /**
     * The most that the version rises at a time, counted from 0 under a new certificate. A site issues a bundle a day, so
     * that a reader misses fewer; and a stolen key cannot use up the numbers.
     */
    public static final long MAX_JUMP = 10_000;

    private KeyBundles() {}

    /**
     * Judges a bundle whose signature has verified.
     *
     * @param known the highest one so far; null when the site is new
     * @return true when it follows {@code known}; false when it is that one
     * @throws Refusal {@code WRONG_SENDER} when another site signed it; {@code MALFORMED} when one of its keys cannot be
     *     sealed for, so that it cannot stop the messages to others; {@code ROLLBACK} when it comes before the one known;
     *     {@code CONFLICT} when it is another bundle in the same place, or does not follow the one known; {@code
     *     TOO_LARGE} when its version jumps
     */
    public static boolean accept(VerifiedBundle candidate, BundleMark known) {
        KeyBundle bundle = candidate.bundle();
        if (!bundle.siteId().equals(candidate.signer())) {
            throw new Refusal(
                    Refusal.Code.WRONG_SENDER,
                    "Expected the key bundle of " + bundle.siteId() + " to be signed by that site, found "
                            + candidate.signer());
        }
        requireUsable(bundle);
        BundleMark mark = candidate.mark();
        int order = known == null ? 1 : mark.compareTo(known);
        if (order < 0) {
            throw new Refusal(
                    Refusal.Code.ROLLBACK,
                    "Expected " + known + " or later of the key bundle of " + bundle.siteId() + ", found " + mark
                            + ": an old one was handed out; ask the site which version is current");
        }
        if (order == 0) {
            if (!mark.sha256().equals(known.sha256())) {
                throw new Refusal(
                        Refusal.Code.CONFLICT,
                        "Expected the same key bundle of " + bundle.siteId() + " under " + known
                                + " as before, found another; ask the site which is its own");
            }
            return false;
        }
        boolean isSameEpoch = known != null && known.epoch() == mark.epoch();
        requireNext(candidate, isSameEpoch ? known : null);
        return true;
    }

    /** @param before under the same certificate; null when none is known */
    private static void requireNext(VerifiedBundle candidate, BundleMark before) {
        SiteId site = candidate.bundle().siteId();
        long version = candidate.mark().version();
        long known = before == null ? 0 : before.version();
        if (version - known > MAX_JUMP) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected a version from " + (known + 1) + " to " + (known + MAX_JUMP) + " of the key bundle of "
                            + site + ", found " + version + ": the site or a thief of its key used up the numbers."
                            + " A new identity of the site begins at 1");
        }
        if (before != null
                && version == known + 1
                && !before.sha256().equals(candidate.bundle().previous())) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected version " + version + " of the key bundle of " + site + " to follow the bundle "
                            + before.sha256().brief() + ", found it to follow "
                            + candidate.bundle().previous().brief() + ": two sides sign for this site");
        }
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
