package io.saddlebag.lab.keys;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.KeyBundles;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The latest key bundle of each recipient that was seen, in memory and as {@code keys/<SITE>.json}: the signed envelope
 * itself, so that it is verified anew at each start. Its signer is judged again at each use, since a certificate ends or is
 * revoked. An earlier bundle is refused from then on: its place is kept apart, as {@code keys/<SITE>.mark.json}, and holds
 * when the bundle itself no longer counts. For any number of threads.
 */
public final class PinnedKeys {
    /** A site issues a bundle a day. One that is older than this may be held back by headquarters. */
    static final Duration FRESH = Duration.ofDays(7);
    /** Clocks of two sites differ. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private final Path folder;
    private final Set<SiteId> recipients;
    private final EnvelopeVerifier verifier;
    private final boolean mustBeFresh;
    private final Clock clock;
    private final Map<SiteId, Pinned> bundles = new ConcurrentHashMap<>();
    private final Map<SiteId, BundleMark> marks = new ConcurrentHashMap<>();

    private record Pinned(KeyBundle bundle, Envelope envelope) {
        boolean hasCurrent(Instant now) {
            return bundle.current(now, false) != null || bundle.current(now, true) != null;
        }
    }

    /** The state of a recipient's keys. */
    public enum State {
        /** A key is there to be sealed for. */
        USABLE("sealed for"),
        /** As {@link #USABLE}, and the bundle is older than {@link #FRESH}. */
        STALE("not fresh: headquarters may hold a newer one back"),
        /** As {@link #STALE}, where fresh ones are required. */
        TOO_OLD("not fresh, and keys.freshness=required"),
        /** No bundle is known, or none of its keys is current. */
        LACKING("not known, or none of its keys is current"),
        /** The certificate of the signer has ended or was revoked. */
        REFUSED("signed under a certificate that ended or was revoked");

        private final String text;

        State(String text) {
            this.text = text;
        }

        public boolean isUsable() {
            return this == USABLE || this == STALE;
        }

        /** The end of a sentence that begins with the bundle. */
        public String text() {
            return text;
        }
    }

    /** @param mustBeFresh whether a bundle older than {@link #FRESH} is not sealed for */
    public PinnedKeys(
            Path folder, Set<SiteId> recipients, EnvelopeVerifier verifier, boolean mustBeFresh, Clock clock) {
        this.folder = folder;
        this.recipients = Set.copyOf(recipients);
        this.verifier = verifier;
        this.mustBeFresh = mustBeFresh;
        this.clock = clock;
    }

    public Set<SiteId> recipients() {
        return recipients;
    }

    /** Judges anew: by the clock, by the revocation list. */
    public State state(SiteId recipient) {
        Pinned pinned = bundles.get(recipient);
        Instant now = clock.instant();
        if (pinned == null || !pinned.hasCurrent(now)) {
            return State.LACKING;
        }
        try {
            verifier.requireSigner(pinned.envelope);
        } catch (Refusal e) {
            return State.REFUSED;
        }
        Instant issued = pinned.bundle.issued();
        boolean isFresh = issued.isAfter(now.minus(FRESH)) && !issued.isAfter(now.plus(CLOCK_TOLERANCE));
        return isFresh ? State.USABLE : mustBeFresh ? State.TOO_OLD : State.STALE;
    }

    /** The key to seal for now; null when the site's bundle is not known or none of its keys of that kind is current. */
    KeyBundle.Key current(SiteId recipient, boolean postQuantum) {
        Pinned pinned = bundles.get(recipient);
        return pinned == null ? null : pinned.bundle.current(clock.instant(), postQuantum);
    }

    /** True once a bundle of the site was pinned, in this run or an earlier one. */
    public boolean isKnown(SiteId recipient) {
        return marks.containsKey(recipient);
    }

    /** When the site issued its bundle; null when none is pinned. */
    Instant issued(SiteId recipient) {
        Pinned pinned = bundles.get(recipient);
        return pinned == null ? null : pinned.bundle.issued();
    }

    /** Reads the marks of the runs before; call it before anything is pinned. */
    public void load() throws IOException {
        for (SiteId recipient : recipients) {
            Path file = markFile(recipient);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                marks.put(recipient, read(file));
            }
        }
    }

    private static BundleMark read(Path file) throws IOException {
        try {
            return Json.read(Files.readAllBytes(file), BundleMark.class);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + ": expected the place of a key bundle, found " + e.getMessage()
                            + ". Restore the file; without it an old bundle would be taken",
                    e);
        }
    }

    /**
     * Pins a bundle whose signature has verified.
     *
     * @param envelope what it was read from
     * @return whether it is another one than was pinned
     * @throws Refusal when it is not the signer's, or does not follow the latest one
     */
    synchronized boolean pin(VerifiedBundle candidate, byte[] envelope) throws IOException {
        SiteId site = candidate.bundle().siteId();
        boolean isNew = KeyBundles.accept(candidate, marks.get(site));
        if (isNew) {
            AtomicFiles.createFolders(folder);
            AtomicFiles.replace(file(site), envelope);
            AtomicFiles.replace(markFile(site), Json.write(candidate.mark()));
            marks.put(site, candidate.mark());
        }
        // After a start the bundle of the mark is pinned once more.
        return bundles.put(site, new Pinned(candidate.bundle(), Envelope.parse(envelope))) == null || isNew;
    }

    /** The envelope that was pinned before this start, unverified. */
    public Optional<byte[]> envelopeOnDisk(SiteId recipient) throws IOException {
        Path file = file(recipient);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    private Path file(SiteId recipient) {
        return folder.resolve(recipient + ".json");
    }

    private Path markFile(SiteId recipient) {
        return folder.resolve(recipient + ".mark.json");
    }
}
