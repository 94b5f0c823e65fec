package io.saddlebag.hq.store;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * Payloads that are not committed with their messages, so that a crash may leave some without a message and some messages
 * without one. After an earlier run, call {@link #restore} for each payload that a delivery waits for or an operator may
 * requeue. Then call {@link #renew} for those of the newest commit, and {@link #freeOthers} last, before any put.
 */
public interface ReconciledPayloads extends PayloadStore {
    /**
     * At start: this payload is waited for, or that of a dead letter. Returns whether it is there in full length; its
     * bytes are not read.
     *
     * @throws IllegalStateException when that comes too late: the store has dropped or renewed others without it
     */
    boolean restore(PayloadRef ref) throws IOException;

    /**
     * At start, for restored payloads whose sync may have been cut off: reads them whole and makes them durable.
     *
     * @return those that are not whole; they are dropped
     */
    List<PayloadRef> renew(Collection<PayloadRef> refs) throws IOException;

    /** At start, last: gives back the space of whatever was not restored. Returns how many files went. */
    int freeOthers() throws IOException;
}
