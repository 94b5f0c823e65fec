package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter.Publish;
import java.util.List;

/** Publications that were not confirmed, though they may have rows. Nothing else is published before they are settled. */
interface Unconfirmed {
    /**
     * Takes over a group.
     *
     * @param isCommitted whether the rows are there for certain
     */
    void add(List<Publish> publishes, List<StoredPublication> stored, StoreException failure, boolean isCommitted);

    /** Settles what is open; returns whether nothing is left. */
    boolean finish();

    boolean isOpen();

    /** Answers what is open with a failure: nothing is written any more. */
    void abandon();
}
