package io.saddlebag.hq.shared;

import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.hq.renewals.RenewalFolder.Found;
import io.saddlebag.hq.renewals.RenewalFolder.State;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.RenewalStore;
import io.saddlebag.hq.store.shared.RenewalStore.Renewal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps {@code renewals/} of this home the same as that of the other nodes: a request that came to any of them waits here
 * too, and the answer may be put into any home. Calls block; one thread at a time.
 */
public final class SharedRenewals {
    private final RenewalFolder folder;
    private final RenewalStore store;
    /** Those that wait for an answer. */
    private final Map<SiteId, Renewal> open = new LinkedHashMap<>();

    private long takenUpTo;

    public SharedRenewals(RenewalFolder folder, RenewalStore store) {
        this.folder = folder;
        this.store = store;
    }

    /** @param number of the last request or answer in the store */
    synchronized void takeUp(long number) throws StoreException, IOException {
        if (number > takenUpTo) {
            for (Renewal each : store.changedAfter(takenUpTo)) {
                take(each);
                takenUpTo = each.number();
            }
        }
        handOn();
    }

    private void take(Renewal renewal) throws IOException {
        SiteId site = renewal.site();
        folder.put(site, renewal.request());
        if (renewal.isOpen()) {
            open.put(site, renewal);
            return;
        }
        open.remove(site);
        State state = renewal.answer() == null ? State.REFUSED : State.ANSWERED;
        if (folder.find(site).state() == State.WAITING) {
            folder.settle(site, state, renewal.answer() == null ? renewal.refusal() : renewal.answer());
        }
    }

    /** Answers that were put into this home. */
    private void handOn() throws StoreException, IOException {
        for (Renewal each : open.values()) {
            Found found = folder.find(each.site());
            if (!Sha256.of(each.request()).hex().equals(found.request())) {
                continue;
            }
            if (found.state() == State.ANSWERED) {
                store.answer(each.site(), each.request(), found.body());
            } else if (found.state() == State.REFUSED) {
                store.refuse(each.site(), each.request(), found.body());
            }
        }
    }
}
