package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter.Publish;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single headquarters' way: a publication that was not confirmed fails, and its rows are marked as doubtful, since its
 * payload may not be whole. For one thread.
 */
final class DoubtfulPublications implements Unconfirmed {
    private static final Logger LOG = LoggerFactory.getLogger(DoubtfulPublications.class);

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final Clock clock;
    private final Outage outage;
    private final List<StoredPublication> doubtful = new ArrayList<>();

    DoubtfulPublications(MessageStore messages, PayloadStore payloads, Clock clock, Outage outage) {
        this.messages = messages;
        this.payloads = payloads;
        this.clock = clock;
        this.outage = outage;
    }

    @Override
    public void add(
            List<Publish> publishes, List<StoredPublication> stored, StoreException failure, boolean isCommitted) {
        doubtful.addAll(stored);
        if (isCommitted) {
            finish();
        }
        PublicationWork.fail(publishes, failure);
    }

    @Override
    public boolean finish() {
        if (doubtful.isEmpty()) {
            return true;
        }
        try {
            int marked = messages.doubt(doubtful, clock.instant());
            LOG.warn(
                    "doubtful: {} of {} publications that were never confirmed have rows, which their publishers'"
                            + " repeats complete",
                    marked,
                    doubtful.size());
        } catch (StoreException e) {
            outage.failed(e.getMessage());
            return false;
        }
        outage.ended();
        doubtful.forEach(each -> payloads.drop(each.payload()));
        doubtful.clear();
        return true;
    }

    @Override
    public boolean isOpen() {
        return !doubtful.isEmpty();
    }

    /** They have their answers; the next start finds their rows. */
    @Override
    public void abandon() {}
}
