package io.saddlebag.hq.store;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The newest payloads of one part in memory, up to a number of bytes, so that a centre that keeps up is served without a
 * read of the disk. What goes first is the oldest. Safe for any number of threads.
 */
final class NewestPayloads {
    private final long capacity;
    private final Map<PayloadRef, Kept> kept = new LinkedHashMap<>();
    private long bytes;

    /** @param capacity in bytes of manifests and bodies together */
    NewestPayloads(long capacity) {
        this.capacity = capacity;
    }

    /** The arrays as they were put; nobody writes into them. */
    record Kept(byte[] manifest, byte[] body) {
        long size() {
            return (long) manifest.length + body.length;
        }
    }

    synchronized void add(PayloadRef ref, byte[] manifest, byte[] body) {
        Kept payload = new Kept(manifest, body);
        if (payload.size() > capacity) {
            return;
        }
        kept.put(ref, payload);
        bytes += payload.size();
        Iterator<Kept> oldest = kept.values().iterator();
        while (bytes > capacity) {
            bytes -= oldest.next().size();
            oldest.remove();
        }
    }

    /** Null when it is not in memory, or no more. */
    synchronized Kept get(PayloadRef ref) {
        return kept.get(ref);
    }

    synchronized void remove(PayloadRef ref) {
        Kept gone = kept.remove(ref);
        if (gone != null) {
            bytes -= gone.size();
        }
    }
}
