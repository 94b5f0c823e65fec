package io.saddlebag.rc.intake;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Presence;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks that this site's own disks take a delivery. Work folder, journal and outbox must be writable and have room. The
 * delivery must be no larger than the disks could ever hold or the operator allows. For any number of threads.
 */
public final class DiskRoom {
    private final Path work;
    private final Path journal;
    private final Presence presence;
    private final long most;

    /**
     * @param presence of the disks of work folder and journal
     * @param most the size of a sealed message, in bytes; 0 for the size of the disks
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
     * @throws IOException that names the obstacle
     */
    public void require(Arrival arrival) throws IOException {
        presence.require();
        long size = arrival.travelSize();
        Path parts = arrival.partsFile();
        long kept = parts != null && Files.exists(parts) ? Files.size(parts) : 0;
        // The sealed and the opened message lie there together. A folder is unpacked as well, mostly on the same disk.
        AtomicFiles.requireRoom(work, (arrival.isFolder() ? 3 : 2) * size - Math.min(kept, size));
        AtomicFiles.requireRoom(journal, 0);
        // The sender gets no folder before its message is opened.
        arrival.outbox().requireRoom(arrival.message() == null ? null : arrival.sender(), size);
    }

    /** @throws Refusal {@code TOO_LARGE} when a sealed message of that size is larger than the operator allows */
    void requireWanted(long size) {
        if (most > 0 && size > most) {
            throw tooLarge(most, size);
        }
    }

    /**
     * Waiting for room is in vain where even an empty disk is too small. Other files on the disk are not considered.
     *
     * @throws Refusal {@code TOO_LARGE} when it would never fit
     */
    public void requireFits(Arrival arrival) throws IOException {
        arrival.outbox().make();
        boolean isUnpackedThere = arrival.isFolder()
                && Files.getFileStore(work)
                        .equals(Files.getFileStore(arrival.outbox().directory()));
        requireFits(work, isUnpackedThere ? 3 : 2, arrival.travelSize());
        requireFits(arrival.outbox().directory(), 1, arrival.travelSize());
    }

    private static void requireFits(Path folder, int times, long size) {
        long total = folder.toFile().getTotalSpace();
        // Some file systems report no size.
        if (total > 0 && size > total / times) {
            throw tooLarge(total / times, size);
        }
    }

    /** Names no paths, since the sender reads it; short enough for the reason of a NACK. */
    private static Refusal tooLarge(long most, long size) {
        return new Refusal(
                Refusal.Code.TOO_LARGE,
                "Expected at most " + most + " bytes sealed, all that this centre can take, found " + size
                        + ". Send smaller ones, or requeue it when there is more room");
    }
}
