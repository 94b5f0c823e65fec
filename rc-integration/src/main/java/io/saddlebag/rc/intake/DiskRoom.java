package io.saddlebag.rc.intake;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Presence;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether this site's own disks take a delivery: work folder, journal and outbox can be written to and have room, and it is
 * no larger than they could ever hold or the operator wants. For any number of threads.
 */
public final class DiskRoom {
    private final Path work;
    private final Path journal;
    private final Presence presence;
    private final long most;

    /**
     * @param presence of the disks of work folder and journal
     * @param most of a sealed message, in bytes; 0 for what the disks hold
     */
    public DiskRoom(Path work, Path journal, Presence presence, long most) {
        this.presence = presence;
        this.work = work;
        this.journal = journal;
        this.most = most;
    }

    /**
     * Leaves nothing behind but folders.
     *
     * @throws IOException saying what is in the way
     */
    void require(Arrival arrival) throws IOException {
        presence.require();
        long size = arrival.travelSize;
        long kept = arrival.partsFile != null && Files.exists(arrival.partsFile) ? Files.size(arrival.partsFile) : 0;
        // Sealed and opened lie there side by side, and beside them what a folder is unpacked to, most often on the
        // same
        // disk.
        AtomicFiles.requireRoom(work, (arrival.isFolder() ? 3 : 2) * size - Math.min(kept, size));
        AtomicFiles.requireRoom(journal, 0);
        arrival.outbox().requireRoom(arrival.manifest == null ? null : arrival.sender(), size);
    }

    /** @throws Refusal {@code TOO_LARGE} when a sealed message of so many bytes is more than the operator wants */
    void requireWanted(long size) {
        if (most > 0 && size > most) {
            throw tooLarge(most, size);
        }
    }

    /**
     * To wait for room is in vain where even an empty disk has too little; what else lies there for good is not known.
     *
     * @throws Refusal {@code TOO_LARGE} when it would never fit
     */
    public void requireFits(Arrival arrival) throws IOException {
        arrival.outbox().requireThere();
        AtomicFiles.createFolders(arrival.outbox().directory());
        boolean isUnpackedBeside = arrival.isFolder()
                && Files.getFileStore(work)
                        .equals(Files.getFileStore(arrival.outbox().directory()));
        requireFits(work, isUnpackedBeside ? 3 : 2, arrival.travelSize);
        requireFits(arrival.outbox().directory(), 1, arrival.travelSize);
    }

    private static void requireFits(Path folder, int times, long size) {
        long total = folder.toFile().getTotalSpace();
        // Some file systems know of no size.
        if (total > 0 && size > total / times) {
            throw tooLarge(total / times, size);
        }
    }

    /** Says nothing of paths, for the sender reads it, and is short enough for a NACK's reason. */
    private static Refusal tooLarge(long most, long size) {
        return new Refusal(
                Refusal.Code.TOO_LARGE,
                "Expected at most " + most + " bytes sealed, all that this centre can take, found " + size
                        + ". Send smaller ones, or requeue it when there is more room");
    }
}
