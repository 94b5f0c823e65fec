package io.saddlebag.hq.keys;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.KeyBundles;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.KeyBundleStore;
import io.saddlebag.hq.store.sql.KeyBundleStore.StoredKeyBundle;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current key bundle of every site, and its followers. A bundle is stored before it is handed out. Safe for any number of
 * threads; {@link #register} blocks on the store, the others never.
 */
public final class KeyDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(KeyDirectory.class);

    private final KeyBundleStore store;
    private final Clock clock;
    private final Object registering = new Object();
    private final Map<SiteId, Registered> current = new HashMap<>();
    private final Map<SiteId, Set<Consumer<Registered>>> followers = new HashMap<>();

    /**
     * A key bundle as its owner registered it.
     *
     * @param bundle the content of the envelope
     * @param envelope the DSSE envelope, verbatim, as it is handed out
     */
    record Registered(KeyBundle bundle, byte[] envelope) {}

    /** Reads what was registered before. */
    public KeyDirectory(KeyBundleStore store, Clock clock) throws StoreException {
        this.store = store;
        this.clock = clock;
        for (StoredKeyBundle stored : store.all()) {
            byte[] envelope = stored.envelope();
            KeyBundle bundle = Json.read(Envelope.parse(envelope).payload(), KeyBundle.class);
            current.put(bundle.siteId(), new Registered(bundle, envelope));
        }
    }

    /**
     * Stores a bundle whose signature has verified and hands it to the site's followers. A repeat of the current bundle
     * changes nothing.
     *
     * @throws io.saddlebag.message.Refusal when it is not the signer's own, or older than the one known
     */
    void register(KeyBundle bundle, byte[] envelope, SiteId signer) throws StoreException {
        synchronized (registering) {
            Registered known;
            synchronized (current) {
                known = current.get(signer);
            }
            if (!KeyBundles.accept(bundle, signer, known == null ? null : known.bundle())) {
                return;
            }
            store.save(new StoredKeyBundle(signer, bundle.version(), envelope, clock.instant()));
            publish(new Registered(bundle, envelope));
        }
        LOG.info("{}: registered version {} of its keys", signer, bundle.version());
    }

    private void publish(Registered keys) {
        synchronized (current) {
            SiteId site = keys.bundle().siteId();
            current.put(site, keys);
            followers.getOrDefault(site, Set.of()).forEach(follower -> follower.accept(keys));
        }
    }

    /**
     * Hands the follower the site's current bundle, if there is one, and again each new one, versions ascending.
     *
     * @param follower must not block
     * @return ends it
     */
    Runnable follow(SiteId site, Consumer<Registered> follower) {
        synchronized (current) {
            followers.computeIfAbsent(site, unused -> new LinkedHashSet<>()).add(follower);
            Registered keys = current.get(site);
            if (keys != null) {
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
