package io.saddlebag.hq.publish;

import io.saddlebag.files.Presence;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The free space of headquarters' disks, and their presence. A timer calls {@link #look}; every publish asks for the last
 * result. Each change is logged once. Safe for any number of threads.
 */
public final class FreeSpace {
    /** A disk that is never full. */
    public static final FreeSpace UNWATCHED = new FreeSpace(0, () -> Long.MAX_VALUE);

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    private final long atLeast;
    private final LongSupplier free;
    private final Presence presence;
    private volatile boolean low;
    private volatile boolean away;

    /**
     * @param atLeast bytes that are to stay free; 0 for none
     * @param free how many bytes are free now; asks the operating system
     */
    public FreeSpace(long atLeast, LongSupplier free) {
        this(atLeast, free, Presence.ALWAYS);
    }

    /** @param presence of the disks; it logs their coming and going */
    public FreeSpace(long atLeast, LongSupplier free, Presence presence) {
        this.presence = presence;
        this.atLeast = atLeast;
        this.free = free;
    }

    /** Asks the operating system. There is room again once a tenth more than that is free, so that the answer does not flutter. */
    public synchronized void look() {
        away = !presence.isThere();
        if (away) {
            return;
        }
        long found = free.getAsLong();
        if (!low && found < atLeast) {
            low = true;
            LOG.warn(
                    "{} bytes are free where {} are to stay free: no message is taken in until there is room;"
                            + " deliveries and acknowledgements continue",
                    found,
                    atLeast);
        } else if (low && found >= atLeast + atLeast / 10) {
            low = false;
            LOG.info("{} bytes are free: messages are taken in again", found);
        }
    }

    /**
     * Asks the operating system.
     *
     * @throws Refusal {@code STORAGE_LOW} when that many bytes more would leave less free than must stay
     */
    void requireRoomFor(long bytes) {
        long found = free.getAsLong();
        if (bytes > found - atLeast) {
            throw new Refusal(
                    Code.STORAGE_LOW,
                    "Expected room for " + bytes + " bytes in addition to " + atLeast
                            + " that are to stay free on headquarters' disk, found " + found
                            + ". Send it again later; headquarters makes room, or lowers hq.min-free-space");
        }
    }

    /** @throws Refusal {@code STORAGE_LOW} while there is too little, or a disk is not mounted */
    void requireRoom() {
        if (away) {
            throw new Refusal(
                    Code.STORAGE_LOW,
                    "Expected headquarters' disks to be mounted, found that one is not. Send it again later;"
                            + " headquarters mounts it");
        }
        if (isLow()) {
            throw new Refusal(
                    Code.STORAGE_LOW,
                    "Expected " + atLeast + " bytes free on headquarters' disk, found fewer. Send it again later;"
                            + " headquarters makes room, or lowers hq.min-free-space");
        }
    }

    boolean isLow() {
        return low;
    }
}
