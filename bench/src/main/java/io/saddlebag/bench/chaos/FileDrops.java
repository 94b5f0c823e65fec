package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.DiskPlace;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.ScenarioHomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** Puts files into the labs' drop folders as a careful program does: under a hidden name, then renamed. For one thread. */
public final class FileDrops {
    private final ScenarioHomes homes;
    private final Predicate<Target> isThere;
    private final long seed;
    private final List<DroppedFile> dropped = new ArrayList<>();

    FileDrops(ChaosNetwork network, long seed) {
        this(network.homes(), lab -> network.isThere(DiskPlace.LAB_DROP, lab), seed);
    }

    /** @param isThere false while a laboratory's drop folder is away */
    public FileDrops(ScenarioHomes homes, Predicate<Target> isThere, long seed) {
        this.homes = homes;
        this.isThere = isThere;
        this.seed = seed;
    }

    /** All that were dropped, in their order; it grows. */
    public List<DroppedFile> dropped() {
        return Collections.unmodifiableList(dropped);
    }

    /** The next one, which has not been dropped yet. */
    public DroppedFile next() {
        return DroppedFile.of(seed, dropped.size());
    }

    /** Drops the next one; returns whether that was possible. */
    public boolean dropNext() throws IOException {
        return dropNew(next());
    }

    /** Drops one that was made by the number of files so far; returns whether that was possible. */
    public boolean dropNew(DroppedFile file) throws IOException {
        return drop(file) && dropped.add(file);
    }

    /**
     * Drops a file, or drops it again. Returns whether it was: on a full disk there is no room, a share may be away, and
     * whoever drops files has to come again.
     */
    boolean drop(DroppedFile file) throws IOException {
        if (!isThere.test(file.lab())) {
            return false;
        }
        Path folder = homes.home(file.sender()).resolve("drop/raw-data");
        Path beside = folder.resolve("." + file.messageId() + ".part");
        try {
            Files.createDirectories(folder);
            Files.write(beside, file.content(seed));
            Files.move(beside, folder.resolve(file.fileName()), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException full) {
            Files.deleteIfExists(beside);
            return false;
        }
    }
}
