package io.saddlebag.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Folders whose files cannot be reached once the folder has a longer name: a fault of a disk that root meets too. A
 * path has at most 4095 bytes (Linux, PATH_MAX).
 */
public final class OverlongPaths {
    private static final int LONGEST = 4095;
    /** So that what lies below has a path that may travel. */
    private static final int LONGEST_HOME = LONGEST - 600;

    private OverlongPaths() {}

    /** A folder below that one whose path is long. */
    public static Path home(Path folder) throws IOException {
        Path home = folder;
        while (home.toString().length() < LONGEST_HOME - 200) {
            home = home.resolve("h".repeat(199));
        }
        return Files.createDirectories(home);
    }

    /** Makes the folder, with a file in it whose path is as long as paths can be. */
    public static Path folderBelow(Path folder) throws IOException {
        Path deepest = folder;
        while (deepest.toString().length() < LONGEST - 202) {
            deepest = deepest.resolve("d".repeat(100));
        }
        Files.createDirectories(deepest);
        Files.writeString(
                deepest.resolve("f".repeat(LONGEST - 1 - deepest.toString().length())), "it");
        return folder;
    }
}
