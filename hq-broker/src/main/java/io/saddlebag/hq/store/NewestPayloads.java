package io.saddlebag.hq.store;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The newest payloads of one part in memory, up to a number of bytes, so that a centre that keeps up is served without
 * a read of the disk. The oldest goes first. Safe for any number of threads.
 */
public final class NewestPayloads {
    private final long capacity;
    /** Each as it was put, manifest and sealed message; never written to. */
    private final Map<PayloadRef, byte[]> kept = new LinkedHashMap<>();

    private long bytes;

    /** @param capacity in bytes of manifests and bodies together */
    public NewestPayloads(long capacity) {
        this.capacity = capacity;
    }

    /** @param sealed the manifest, then the sealed message; nobody may write into it */
    public synchronized void add(PayloadRef ref, byte[] sealed) {
        if (sealed.length > capacity) {
            return;
        }
        remove(ref);
        kept.put(ref, sealed);
        bytes += sealed.length;
        Iterator<byte[]> oldest = kept.values().iterator();
        while (bytes > capacity) {
            bytes -= oldest.next().length;
            oldest.remove();
        }
    }

    /** Null when it is not in memory, or no more. */
    public synchronized byte[] get(PayloadRef ref) {
        return kept.get(ref);
    }

    public synchronized void remove(PayloadRef ref) {
        byte[] gone = kept.remove(ref);
        if (gone != null) {
            bytes -= gone.length;
        }
    }
}
