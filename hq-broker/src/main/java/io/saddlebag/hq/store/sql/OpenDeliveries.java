package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.PayloadRef;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many deliveries of each of the newest messages have not ended, so that the end of the last one frees its payload
 * without a question to the database. Whoever is not in here must be asked for there. It counts committed ends alone,
 * each once: an end that counts twice would free a payload that a delivery still waits for. Safe for any number of
 * threads.
 */
final class OpenDeliveries {
    private final int capacity;
    private final Map<Long, Open> messages = new LinkedHashMap<>();

    private static final class Open {
        private final PayloadRef payload;
        private int deliveries;

        Open(PayloadRef payload, int deliveries) {
            this.payload = payload;
            this.deliveries = deliveries;
        }
    }

    /** @param capacity how many messages are known; what goes first is the oldest */
    OpenDeliveries(int capacity) {
        this.capacity = capacity;
    }

    /** A message was stored, with this number of deliveries. */
    synchronized void opened(long messageNumber, int deliveries, PayloadRef payload) {
        messages.put(messageNumber, new Open(payload, deliveries));
        if (messages.size() > capacity) {
            Iterator<Long> oldest = messages.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    synchronized boolean knows(long messageNumber) {
        return messages.containsKey(messageNumber);
    }

    /**
     * The end of one delivery of the message was committed.
     *
     * @param freed gets the payload with the last one
     * @return whether the message is known here
     */
    synchronized boolean ended(long messageNumber, Collection<? super PayloadRef> freed) {
        Open open = messages.get(messageNumber);
        if (open == null) {
            return false;
        }
        if (--open.deliveries == 0) {
            messages.remove(messageNumber);
            freed.add(open.payload);
        }
        return true;
    }

    /** From now on the database alone says what holds the message. */
    synchronized void forget(long messageNumber) {
        messages.remove(messageNumber);
    }
}
