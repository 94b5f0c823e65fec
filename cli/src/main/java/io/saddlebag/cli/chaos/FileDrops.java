package io.saddlebag.cli.chaos;

import io.saddlebag.cli.home.ScenarioHomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts files into the labs' drop folders as a careful program does: written beside, then renamed. */
final class FileDrops {
    private final ScenarioHomes homes;
    private final long seed;

    FileDrops(ScenarioHomes homes, long seed) {
        this.homes = homes;
        this.seed = seed;
    }

    /** Returns whether it was dropped: on a full disk there is no room, and whoever drops files has to come again. */
    boolean drop(DroppedFile file) throws IOException {
        Path folder = homes.home(file.sender()).resolve("drop/raw-data");
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
