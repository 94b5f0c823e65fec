package io.saddlebag.bench.load;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One publisher's messages in flight. A slot is free again when headquarters has confirmed the message, every recipient has
 * it, and each acknowledgement is committed. No backlog builds up on either side, so that the rate is the durable
 * end-to-end rate. For any number of threads.
 */
final class SendWindow {
    private static final int PARTY_BITS = 16;
    private static final int ENTRIES = 1 << 17;
    private static final long CONFIRMED = 1;

    /** For each message in flight: its sequence number, then one bit for each event that is still owed. */
    private final AtomicLongArray owed = new AtomicLongArray(ENTRIES);

    private final AtomicLongArray due = new AtomicLongArray(ENTRIES);
    private final Semaphore slots;
    private final long all;

    SendWindow(int size, int recipients) {
        slots = new Semaphore(size);
        all = (1L << (1 + 2 * recipients)) - 1;
    }

    boolean acquire() throws InterruptedException {
        return slots.tryAcquire(100, TimeUnit.MILLISECONDS);
    }

    boolean acquireNow() {
        return slots.tryAcquire();
    }

    /** Before the message is written, or its confirm could come first. */
    void sent(long sequence, long dueNanos) {
        due.set(entry(sequence), dueNanos);
        owed.set(entry(sequence), sequence << PARTY_BITS | all);
    }

    /** When the message was to be sent, on {@link System#nanoTime}'s clock. */
    long due(long sequence) {
        return due.get(entry(sequence));
    }

    /** Each returns false when it had happened before: a duplicate, which frees nothing. */
    boolean confirmed(long sequence) {
        return settle(sequence, CONFIRMED);
    }

    boolean delivered(long sequence, int recipient) {
        return settle(sequence, 2L << 2 * recipient);
    }

    boolean acknowledged(long sequence, int recipient) {
        return settle(sequence, 4L << 2 * recipient);
    }

    private boolean settle(long sequence, long event) {
        int entry = entry(sequence);
        while (true) {
            long now = owed.get(entry);
            if (now >>> PARTY_BITS != sequence || (now & event) == 0) {
                return false;
            }
            long next = now & ~event;
            if (owed.compareAndSet(entry, now, next)) {
                if ((next & all) == 0) {
                    slots.release();
                }
                return true;
            }
        }
    }

    private static int entry(long sequence) {
        return (int) (sequence & (ENTRIES - 1));
    }
}
