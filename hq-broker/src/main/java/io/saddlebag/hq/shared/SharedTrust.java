package io.saddlebag.hq.shared;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.TrustStore;
import io.saddlebag.identity.Trust;
import java.security.cert.X509CRL;
import java.util.Optional;

/**
 * Hands a revocation list that was put into this home to the other nodes, and takes up theirs, which is verified as one from
 * outside. Calls block; one thread at a time.
 */
public final class SharedTrust {
    private final Trust trust;
    private final TrustStore store;
    private final String node;
    private X509CRL handedOn;
    private long takenUpTo;

    /** @param node its name */
    public SharedTrust(Trust trust, TrustStore store, String node) {
        this.trust = trust;
        this.store = store;
        this.node = node;
    }

    /** Looks into the home, and hands on a list that is new. */
    synchronized void handOn() throws StoreException {
        Optional<X509CRL> own = trust.lookAtRevocationList();
        if (own.isPresent() && !own.get().equals(handedOn)) {
            store.add(own.get(), node);
            handedOn = own.get();
        }
    }

    /**
     * Takes up what another node was given.
     *
     * @param number of the last list in the store
     * @return whether there was one
     */
    synchronized boolean takeUp(long number) throws StoreException {
        if (number <= takenUpTo) {
            return false;
        }
        store.newest().ifPresent(list -> trust.takeRevocationList(list, false));
        takenUpTo = number;
        return true;
    }
}
