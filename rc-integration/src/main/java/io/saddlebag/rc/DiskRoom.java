package io.saddlebag.rc;

import io.saddlebag.folder.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether this site's own disks take a delivery: work folder, journal and outbox can be written to and have room. For any
 * number of threads.
 */
final class DiskRoom {
    private final Path work;
    private final Path journal;

    DiskRoom(Path work, Path journal) {
        this.work = work;
        this.journal = journal;
    }

    /**
     * Leaves nothing behind but folders.
     *
     * @throws IOException saying what is in the way
     */
    void require(Arrival arrival) throws IOException {
        long size = arrival.travelSize;
        long kept = arrival.partsFile != null && Files.exists(arrival.partsFile) ? Files.size(arrival.partsFile) : 0;
        // Sealed and opened lie there side by side, and beside them what a folder is unpacked to, most often on the
        // same
        // disk.
        AtomicFiles.requireRoom(work, (arrival.isFolder() ? 3 : 2) * size - Math.min(kept, size));
        AtomicFiles.requireRoom(journal, 0);
        arrival.outbox().requireRoom(arrival.manifest == null ? null : arrival.sender(), size);
    }
}
