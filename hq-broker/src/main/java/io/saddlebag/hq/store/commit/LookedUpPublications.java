package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter.Publish;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's way: a payload is committed with its rows, so that a commit of unknown outcome is looked up, and its publishers
 * wait for the answer until then. Never marked as doubtful: another node may have confirmed a repeat meanwhile. For one
 * thread.
 */
final class LookedUpPublications implements Unconfirmed {
    private static final Logger LOG = LoggerFactory.getLogger(LookedUpPublications.class);

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final Outage outage;
    private final List<Unknown> unknown = new ArrayList<>();

    LookedUpPublications(MessageStore messages, PayloadStore payloads, Outage outage) {
        this.messages = messages;
        this.payloads = payloads;
        this.outage = outage;
    }

    private record Unknown(Publish publish, StoredPublication stored, StoreException failure) {}

    @Override
    public void add(
            List<Publish> publishes, List<StoredPublication> stored, StoreException failure, boolean isCommitted) {
        for (int i = 0; i < stored.size(); i++) {
            unknown.add(new Unknown(publishes.get(i), stored.get(i), failure));
        }
    }

    @Override
    public boolean finish() {
        if (unknown.isEmpty()) {
            return true;
        }
        Set<Long> committed;
        try {
            committed = messages.committed(unknown.stream().map(Unknown::stored).toList());
        } catch (StoreException e) {
            outage.failed(e.getMessage());
            return false;
        }
        outage.ended();
        LOG.info("{} of {} publications of unknown outcome are stored", committed.size(), unknown.size());
        List<Unknown> known = List.copyOf(unknown);
        unknown.clear();
        known.forEach(each -> answer(each, committed.contains(each.stored().messageNumber())));
        return true;
    }

    private void answer(Unknown each, boolean isStored) {
        if (isStored) {
            each.publish().result().complete(PublishResult.of(each.stored(), PublishOutcome.STORED));
        } else {
            payloads.giveBack(each.stored().payload());
            each.publish().result().completeExceptionally(each.failure());
        }
    }

    @Override
    public boolean isOpen() {
        return !unknown.isEmpty();
    }

    /** Their payloads stay: a row may name them. */
    @Override
    public void abandon() {
        unknown.forEach(each -> each.publish().result().completeExceptionally(each.failure()));
        unknown.clear();
    }
}
