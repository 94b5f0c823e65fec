package io.saddlebag.rc.keys;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.dsse.KeyBundles;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.records.RcJournal.SignedBundle;
import io.saddlebag.seal.AgeIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys that senders seal for, and the bundle that publishes them. A bundle is made once and kept in the journal. A new
 * version follows in four cases. The bundle is a day old: senders then know that headquarters holds nothing back. The keys
 * of {@code identity/age.key} changed (the newest first). The newest key is about to end, or has not begun since the clock
 * was ahead. This centre signs under another certificate: there the versions begin at 1 again.
 */
public final class ReceivingKeys {
    private static final Duration REISSUE = Duration.ofDays(1);
    /** A sender whose clock is behind must be able to use a new key. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private static final int ID_DIGITS = 8;

    private final SiteId site;
    private final Sha256 networkId;
    private final OpeningKeys identities;
    private final RcJournal journal;
    private final Duration lifetime;
    private final Clock clock;

    public ReceivingKeys(
            SiteId site, Sha256 networkId, OpeningKeys identities, RcJournal journal, Duration lifetime, Clock clock) {
        this.site = site;
        this.networkId = networkId;
        this.identities = identities;
        this.journal = journal;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    private List<String> recipients() {
        return identities.published().stream()
                .map(AgeIdentity::recipient)
                .limit(KeyBundle.MAX_KEYS)
                .toList();
    }

    /**
     * The journal's bundle, unless a new version is due.
     *
     * @param epoch of the certificate under which this centre signs
     */
    Optional<SignedBundle> signed(long epoch) {
        return journal.newestBundle()
                .filter(newest -> newest.epoch() == epoch)
                .filter(newest -> isCurrent(Json.read(newest.bundle(), KeyBundle.class)));
    }

    private boolean isCurrent(KeyBundle bundle) {
        List<String> published =
                bundle.keys().stream().map(KeyBundle.Key::recipient).toList();
        Instant now = clock.instant();
        return published.equals(recipients())
                && newestOfEachKind(bundle.keys()).noneMatch(key -> isDue(key, now))
                && !bundle.issued().isAfter(now)
                && bundle.issued().plus(REISSUE).isAfter(now);
    }

    /** The first of those for the post-quantum hybrid, and the first of the others. */
    private static Stream<KeyBundle.Key> newestOfEachKind(List<KeyBundle.Key> keys) {
        return Stream.of(true, false).flatMap(kind -> keys.stream()
                .filter(key -> key.sealsPostQuantum() == kind)
                .limit(1));
    }

    private Duration quarter() {
        return lifetime.dividedBy(4);
    }

    /** A key that senders soon may not seal for, or do not seal for yet, gets a fresh term. */
    private boolean isDue(KeyBundle.Key newest, Instant now) {
        return !newest.notAfter().isAfter(now.plus(quarter()))
                || newest.notBefore().isAfter(now)
                || newest.notAfter().isAfter(now.plus(lifetime));
    }

    /** The next version, to be signed. A key that was published before keeps its id, and its term until that is due. */
    KeyBundle next(long epoch) {
        SignedBundle newest = journal.newestBundle().orElse(null);
        boolean isFirst = newest == null || newest.epoch() != epoch;
        KeyBundle before = newest == null ? null : Json.read(newest.bundle(), KeyBundle.class);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        List<KeyBundle.Key> keys = new ArrayList<>();
        for (String recipient : recipients()) {
            KeyBundle.Key known = known(before, recipient);
            // Senders take the key that began last, hence the others begin earlier.
            Instant from = now.minus(CLOCK_TOLERANCE).minusSeconds(keys.size());
            KeyBundle.Key fresh = new KeyBundle.Key(
                    known != null ? known.keyId() : newId(now, recipient), recipient, from, from.plus(lifetime));
            boolean isNewest = keys.stream().noneMatch(key -> key.sealsPostQuantum() == fresh.sealsPostQuantum());
            boolean isFreshTermDue = known == null || (isNewest && isFreshTermDue(before, known, now));
            keys.add(isFreshTermDue ? fresh : known);
        }
        return new KeyBundle(
                networkId,
                site,
                isFirst ? 1 : newest.version() + 1,
                isFirst ? null : Sha256.of(newest.bundle()),
                now,
                keys);
    }

    /** A key that becomes the newest again must begin after the one that was. */
    private boolean isFreshTermDue(KeyBundle before, KeyBundle.Key known, Instant now) {
        return isDue(known, now) || newestOfEachKind(before.keys()).noneMatch(known::equals);
    }

    private static String newId(Instant now, String recipient) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC) + "-"
                + Sha256.of(recipient.getBytes(StandardCharsets.US_ASCII)).hex().substring(0, ID_DIGITS);
    }

    private static KeyBundle.Key known(KeyBundle before, String recipient) {
        return before == null
                ? null
                : before.keys().stream()
                        .filter(key -> key.recipient().equals(recipient))
                        .findFirst()
                        .orElse(null);
    }

    /** Keeps the bundle that this centre has signed, before another site sees it. */
    void keep(long epoch, byte[] bundle, byte[] envelope) {
        journal.keep(new SignedBundle(epoch, Json.read(bundle, KeyBundle.class).version(), bundle, envelope));
    }

    /**
     * Keeps a bundle in this centre's name that headquarters holds and the journal does not, so that the next version
     * follows it.
     *
     * @return false when the journal holds it, or a later one
     * @throws Refusal when no bundle of this centre can follow it
     */
    boolean adopt(VerifiedBundle held, byte[] bundle, byte[] envelope, long epoch) {
        SignedBundle newest = journal.newestBundle().orElse(null);
        BundleMark known =
                newest == null ? null : new BundleMark(newest.epoch(), newest.version(), Sha256.of(newest.bundle()));
        if (held.mark().equals(known)
                || held.mark().epoch() < epoch
                || (known != null && held.mark().compareTo(known) < 0)) {
            return false;
        }
        if (held.mark().epoch() > epoch) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected a bundle under the certificate of " + Instant.ofEpochSecond(epoch)
                            + ", found one under a newer certificate, of "
                            + Instant.ofEpochSecond(held.mark().epoch())
                            + ". Put this site's newest identity in place");
        }
        KeyBundles.accept(held, null);
        journal.keep(new SignedBundle(epoch, held.mark().version(), bundle, envelope));
        return true;
    }

    /** The ids of the bundle's current keys that this centre has no identity for. */
    List<String> lacking(KeyBundle bundle) {
        List<String> open =
                identities.get().stream().map(AgeIdentity::recipient).toList();
        return bundle.keys().stream()
                .filter(key -> key.notAfter().isAfter(clock.instant()) && !open.contains(key.recipient()))
                .map(KeyBundle.Key::keyId)
                .toList();
    }
}
