package io.saddlebag.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that nobody can delete, root neither: within it paths are longer than the system takes (PATH_MAX). */
public final class TooDeep {
    private static final int FOLDERS = 12;

    private TooDeep() {}

    /**
     * Makes the folder so.
     *
     * @return what is to be moved out of it, so that it can be deleted again
     */
    public static Path fill(Path folder) throws IOException {
        Path upper = folder;
        Path beside = folder.resolveSibling(".lower");
        Path lower = beside;
        for (int depth = 0; depth < FOLDERS; depth++) {
            String name = "n".repeat(200);
            upper = upper.resolve(name);
            lower = lower.resolve(name);
        }
        Files.createDirectories(upper);
        Files.createDirectories(lower);
        return Files.move(beside, upper.resolve("lower"));
    }
}
