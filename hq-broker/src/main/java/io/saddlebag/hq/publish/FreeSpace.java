package io.saddlebag.hq.publish;

import io.saddlebag.files.Presence;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
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

    private static final int WHOLE = 100;

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    private final long atLeast;
    private final LongSupplier free;
    private final Presence presence;
    private final int percent;
    private final RepeatedFaults faults = new RepeatedFaults();
    private volatile boolean low;
    private volatile boolean away;

    /**
     * @param atLeast bytes that are to stay free; 0 for none
     * @param free how many bytes are free now; asks the operating system
     */
    public FreeSpace(long atLeast, LongSupplier free) {
        this(atLeast, free, Presence.ALWAYS, WHOLE);
    }

    /**
     * @param presence of the disks; it logs their coming and going
     * @param percent of the free room that the unfinished uploads of one sender may take
     */
    public FreeSpace(long atLeast, LongSupplier free, Presence presence, int percent) {
        this.percent = percent;
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
     * Asks the operating system. The refusal tells the sender no figures, which are of other sites' messages too.
     *
     * @param more bytes that are still to come of the message
     * @param sender whose unfinished uploads may take a share of the room alone
     * @param unfinished bytes of all its unfinished uploads, once they are whole; the message's included
     * @param present bytes of them that are on the disk
     * @throws Refusal {@code STORAGE_LOW} when there is no room for the message, or the sender's share is spent
     */
    void requireRoomFor(long more, SiteId sender, long unfinished, long present) {
        long room = Math.max(0, free.getAsLong() - atLeast);
        if (more > room) {
            logRefusal(sender, "has room for " + room + " bytes more", more);
            throw new Refusal(
                    Code.STORAGE_LOW,
                    "Expected room for the message at headquarters, found too little. Send it again later;"
                            + " headquarters makes room, or lowers hq.min-free-space");
        }
        double share = ((double) room + present) * percent / WHOLE;
        if (unfinished > share) {
            logRefusal(
                    sender, "allows its unfinished uploads " + (long) share + " bytes (hq.upload-share)", unfinished);
            throw new Refusal(
                    Code.STORAGE_LOW,
                    "Expected room for the message in this site's share of headquarters' disk, found its unfinished"
                            + " uploads in it. Finish them, or send it again later; headquarters makes room, or raises"
                            + " hq.upload-share");
        }
    }

    private void logRefusal(SiteId sender, String found, long wanted) {
        faults.occurred(sender + RepeatedFaults.kindOf(found))
                .ifPresent(repeats -> LOG.warn(
                        "{}: a message is not taken in now: the disk {}, not {}{}", sender, found, wanted, repeats));
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
                    "Expected room on headquarters' disk, found too little. Send it again later;"
                            + " headquarters makes room, or lowers hq.min-free-space");
        }
    }

    boolean isLow() {
        return low;
    }
}
