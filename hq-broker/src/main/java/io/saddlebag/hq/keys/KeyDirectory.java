package io.saddlebag.hq.keys;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.KeyBundles;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.KeyBundleStore;
import io.saddlebag.hq.store.sql.KeyBundleStore.StoredKeyBundle;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.tlog.LogEntry;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current key bundle of every site, and its followers. A bundle is stored before it is handed out. With other nodes the
 * store alone judges which may follow, and {@link #takeUp} brings what they registered. Safe for any number of threads;
 * {@link #register} and {@link #takeUp} block on the store, the others never.
 */
public final class KeyDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(KeyDirectory.class);

    private final KeyBundleStore store;
    private final EnvelopeVerifier verifier;
    private final Clock clock;
    private final Object registering = new Object();
    private final LimitedLines lines = new LimitedLines();
    private final Map<SiteId, Registered> current = new HashMap<>();
    private final Map<SiteId, Set<Consumer<Registered>>> followers = new HashMap<>();
    private long takenUpTo;

    /**
     * A key bundle as its owner registered it.
     *
     * @param envelope the DSSE envelope, verbatim, as it is handed out
     */
    record Registered(SiteId site, BundleMark mark, byte[] envelope) {}

    /** Reads what was registered before. */
    public KeyDirectory(KeyBundleStore store, EnvelopeVerifier verifier, Clock clock) throws StoreException {
        this.store = store;
        this.verifier = verifier;
        this.clock = clock;
        if (store.isShared()) {
            takenUpTo = store.lastNumber();
        }
        for (StoredKeyBundle stored : store.all()) {
            Registered keys = registered(stored);
            current.put(keys.site(), keys);
            refusal(keys)
                    .ifPresent(refusal ->
                            LOG.warn("{}: the stored key bundle is not handed out: {}", keys.site(), refusal.reason()));
        }
    }

    private static Registered registered(StoredKeyBundle stored) {
        Sha256 digest = Sha256.of(Envelope.parse(stored.envelope()).payload());
        return new Registered(
                stored.siteId(), new BundleMark(stored.epoch(), stored.version(), digest), stored.envelope());
    }

    /**
     * Stores a bundle whose signature has verified and hands it to the site's followers. A repeat of the current bundle
     * changes nothing.
     *
     * @throws Refusal when it is not the signer's own, or does not follow the one known
     */
    void register(VerifiedBundle bundle, byte[] envelope) throws StoreException {
        SiteId site = bundle.signer();
        synchronized (registering) {
            Registered known = known(site);
            if (!KeyBundles.accept(bundle, known == null ? null : known.mark())) {
                return;
            }
            BundleMark mark = bundle.mark();
            Instant now = clock.instant();
            store.save(
                    new StoredKeyBundle(site, mark.epoch(), mark.version(), envelope, now),
                    LogEntry.keyBundle(now, site, mark));
            publish(new Registered(site, mark, envelope));
        }
        lines.line(site.value())
                .ifPresent(more -> LOG.info("{}: registered {} of its keys{}", site, bundle.mark(), more));
    }

    private Registered known(SiteId site) throws StoreException {
        if (store.isShared()) {
            return store.current(site).map(KeyDirectory::registered).orElse(null);
        }
        synchronized (current) {
            return current.get(site);
        }
    }

    /**
     * Hands on what other nodes registered since the last call.
     *
     * @param upTo the number of the last bundle in the store
     */
    public synchronized void takeUp(long upTo) throws StoreException {
        if (upTo <= takenUpTo) {
            return;
        }
        for (StoredKeyBundle stored : store.taken(takenUpTo, upTo)) {
            Registered keys = registered(stored);
            if (refusal(keys).isEmpty()) {
                publish(keys);
            }
        }
        takenUpTo = upTo;
    }

    private void publish(Registered keys) {
        synchronized (current) {
            Registered before = current.get(keys.site());
            if (before != null && before.mark().compareTo(keys.mark()) >= 0) {
                return;
            }
            current.put(keys.site(), keys);
            followers.getOrDefault(keys.site(), Set.of()).forEach(follower -> follower.accept(keys));
        }
    }

    /** The reason why no site would take the bundle any more; empty when the signer may still sign. */
    private Optional<Refusal> refusal(Registered keys) {
        try {
            verifier.requireSigner(Envelope.parse(keys.envelope()));
            return Optional.empty();
        } catch (Refusal e) {
            return Optional.of(e);
        }
    }

    /**
     * Hands the follower the site's current bundle, if there is one whose signer may still sign, and again each new one,
     * ascending.
     *
     * @param follower must not block
     * @return ends it
     */
    Runnable follow(SiteId site, Consumer<Registered> follower) {
        synchronized (current) {
            followers.computeIfAbsent(site, unused -> new LinkedHashSet<>()).add(follower);
            Registered keys = current.get(site);
            if (keys != null && refusal(keys).isEmpty()) {
                follower.accept(keys);
            }
        }
        return () -> {
            synchronized (current) {
                Set<Consumer<Registered>> ofSite = followers.get(site);
                ofSite.remove(follower);
            }
        };
    }
}
