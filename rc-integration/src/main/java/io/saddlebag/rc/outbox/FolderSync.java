package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Syncs a folder's entries to the disk for many threads: one sync serves all threads that asked before it began. */
final class FolderSync {
    private final Path folder;
    private final AtomicLong asked = new AtomicLong();
    private long over;
    private long failed;

    FolderSync(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns once every entry that the caller made before is on the disk.
     *
     * @throws IOException when that is not certain, also when the sync of another thread served this one
     */
    void sync() throws IOException {
        long mine = asked.incrementAndGet();
        synchronized (this) {
            if (over < mine) {
                long all = asked.get();
                over = all;
                try {
                    AtomicFiles.syncFolder(folder);
                } catch (IOException e) {
                    // The next sync may succeed without the data that this one lost.
                    failed = all;
                    throw e;
                }
            } else if (mine <= failed) {
                throw new IOException(folder + ": its entries could not be brought to the disk");
            }
        }
    }
}
