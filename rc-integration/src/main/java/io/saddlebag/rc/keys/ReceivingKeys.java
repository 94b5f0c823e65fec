package io.saddlebag.rc.keys;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.seal.AgeIdentity;
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
 * version follows in three cases. The keys of {@code identity/age.key} changed (the newest first). The newest key is about
 * to end, or has not begun since the clock was ahead. This centre signs under another certificate: no site takes an
 * envelope whose certificate has ended or was revoked.
 */
public final class ReceivingKeys {
    private static final Duration RENEWAL = Duration.ofDays(60);
    /** A sender whose clock is behind must be able to use a new key. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private final SiteId site;
    private final Sha256 networkId;
    private final Sha256 certificate;
    private final List<String> recipients;
    private final RcJournal journal;
    private final Duration lifetime;
    private final Clock clock;

    /** @param certificate fingerprint of the certificate under which this centre signs */
    public ReceivingKeys(
            SiteId site,
            Sha256 networkId,
            Sha256 certificate,
            List<AgeIdentity> identities,
            RcJournal journal,
            Duration lifetime,
            Clock clock) {
        this.site = site;
        this.networkId = networkId;
        this.certificate = certificate;
        this.recipients = identities.stream()
                .map(AgeIdentity::recipient)
                .limit(KeyBundle.MAX_KEYS)
                .toList();
        this.journal = journal;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** The journal's bundle, unless a new version is due. */
    Optional<RcJournal.SignedBundle> signed() {
        Optional<RcJournal.SignedBundle> newest = journal.newestBundle();
        return newest.isPresent()
                        && isCurrent(Json.read(newest.get().bundle(), KeyBundle.class))
                        && Envelope.parse(newest.get().envelope()).presents(certificate)
                ? newest
                : Optional.empty();
    }

    private boolean isCurrent(KeyBundle bundle) {
        List<String> published =
                bundle.keys().stream().map(KeyBundle.Key::recipient).toList();
        return published.equals(recipients) && newestOfEachKind(bundle.keys()).allMatch(this::isCurrent);
    }

    private boolean isCurrent(KeyBundle.Key key) {
        return key.notAfter().isAfter(clock.instant().plus(renewal()))
                && !key.notBefore().isAfter(clock.instant());
    }

    /** The first of those for the post-quantum hybrid, and the first of the others. */
    private static Stream<KeyBundle.Key> newestOfEachKind(List<KeyBundle.Key> keys) {
        return Stream.of(true, false).flatMap(kind -> keys.stream()
                .filter(key -> key.sealsPostQuantum() == kind)
                .limit(1));
    }

    private Duration renewal() {
        Duration quarter = lifetime.dividedBy(4);
        return quarter.compareTo(RENEWAL) < 0 ? quarter : RENEWAL;
    }

    /**
     * The next version, to be signed. Keys that were published before keep their ids; the newest of each kind gets a fresh
     * term.
     */
    KeyBundle next() {
        Optional<RcJournal.SignedBundle> newest = journal.newestBundle();
        KeyBundle before = newest.isEmpty() ? null : Json.read(newest.get().bundle(), KeyBundle.class);
        long version = before == null ? 1 : before.version() + 1;
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        List<KeyBundle.Key> keys = new ArrayList<>();
        for (String recipient : recipients) {
            KeyBundle.Key known = known(before, recipient);
            // Senders take the key that began last, hence the others begin earlier.
            Instant from = now.minus(CLOCK_TOLERANCE).minusSeconds(keys.size());
            String id = known != null
                    ? known.keyId()
                    : LocalDate.ofInstant(now, ZoneOffset.UTC) + "-" + version + "-" + (keys.size() + 1);
            KeyBundle.Key fresh = new KeyBundle.Key(id, recipient, from, now.plus(lifetime));
            boolean isNewest =
                    newestOfEachKind(keys).noneMatch(key -> key.sealsPostQuantum() == fresh.sealsPostQuantum());
            keys.add(known == null || isNewest ? fresh : known);
        }
        return new KeyBundle(
                networkId,
                site,
                version,
                newest.isEmpty() ? null : Sha256.of(newest.get().bundle()),
                keys);
    }

    private static KeyBundle.Key known(KeyBundle before, String recipient) {
        return before == null
                ? null
                : before.keys().stream()
                        .filter(key -> key.recipient().equals(recipient))
                        .findFirst()
                        .orElse(null);
    }

    /**
     * Keeps a bundle of this centre's own that headquarters holds and the journal lost.
     *
     * @return false when it is not newer than what the journal holds
     */
    boolean adopt(byte[] bundle, byte[] envelope) {
        KeyBundle held = Json.read(bundle, KeyBundle.class);
        Optional<RcJournal.SignedBundle> newest = journal.newestBundle();
        boolean isKnown = newest.isPresent()
                && (newest.get().version() > held.version()
                        || Sha256.of(newest.get().bundle()).equals(Sha256.of(bundle)));
        if (isKnown || !held.siteId().equals(site) || !held.networkId().equals(networkId)) {
            return false;
        }
        journal.keep(new RcJournal.SignedBundle(held.version(), bundle, envelope));
        return true;
    }

    /** The ids of the bundle's current keys that this centre has no identity for. */
    List<String> lacking(KeyBundle bundle) {
        return bundle.keys().stream()
                .filter(key -> key.notAfter().isAfter(clock.instant()) && !recipients.contains(key.recipient()))
                .map(KeyBundle.Key::keyId)
                .toList();
    }
}
