package io.saddlebag.hq.store.spool;

import io.saddlebag.hq.store.PayloadRef;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The newest payloads of one part in memory, up to a number of bytes, so that a centre that keeps up is served without
 * a read of the disk. The oldest goes first. Safe for any number of threads.
 */
final class NewestPayloads {
    private final long capacity;
    /** Each as it was put, manifest and sealed message; never written to. */
    private final Map<PayloadRef, byte[]> kept = new LinkedHashMap<>();

    private long bytes;

    /** @param capacity in bytes of manifests and bodies together */
    NewestPayloads(long capacity) {
        this.capacity = capacity;
    }

    synchronized void add(PayloadRef ref, byte[] sealed) {
        if (sealed.length > capacity) {
            return;
        }
        kept.put(ref, sealed);
        bytes += sealed.length;
        Iterator<byte[]> oldest = kept.values().iterator();
        while (bytes > capacity) {
            bytes -= oldest.next().length;
            oldest.remove();
        }
    }

    /** Null when it is not in memory, or no more. */
    synchronized byte[] get(PayloadRef ref) {
        return kept.get(ref);
    }

    synchronized void remove(PayloadRef ref) {
        byte[] gone = kept.remove(ref);
        if (gone != null) {
            bytes -= gone.length;
        }
    }
}
