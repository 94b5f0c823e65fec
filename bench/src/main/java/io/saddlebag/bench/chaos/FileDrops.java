package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.DiskPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Puts files into the labs' drop folders as a careful program does: under a hidden name, then renamed. For one thread. */
final class FileDrops {
    private final ChaosNetwork network;
    private final long seed;
    private final List<DroppedFile> dropped = new ArrayList<>();

    FileDrops(ChaosNetwork network, long seed) {
        this.network = network;
        this.seed = seed;
    }

    /** All that were dropped, in their order; it grows. */
    List<DroppedFile> dropped() {
        return Collections.unmodifiableList(dropped);
    }

    /** The next one, which has not been dropped yet. */
    DroppedFile next() {
        return DroppedFile.of(seed, dropped.size());
    }

    /** Drops the next one; returns whether that was possible. */
    boolean dropNext() throws IOException {
        DroppedFile next = next();
        return drop(next) && dropped.add(next);
    }

    /**
     * Drops a file, or drops it again. Returns whether it was: on a full disk there is no room, a share may be away, and
     * whoever drops files has to come again.
     */
    boolean drop(DroppedFile file) throws IOException {
        if (!network.isThere(DiskPlace.LAB_DROP, file.lab())) {
            return false;
        }
        Path folder = network.homes().home(file.sender()).resolve("drop/raw-data");
        Path beside = folder.resolve("." + file.messageId() + ".part");
        try {
            Files.createDirectories(folder);
            Files.write(beside, DroppedFile.content(seed, file.number()));
            Files.move(beside, folder.resolve(file.fileName()), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException full) {
            Files.deleteIfExists(beside);
            return false;
        }
    }
}
