package io.saddlebag.seal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The published test vectors: {@code shared/vectors} next to the project's own folder. */
final class Vectors {
    private Vectors() {}

    /** Ends the test as skipped, saying so, where the vectors are not there. */
    static Path folder(String name) {
        Path folder = find(name);
        assumeTrue(
                Files.isDirectory(folder),
                () -> "SKIPPED: no published vectors in " + folder + "; put the folder 'shared' beside the project");
        return folder;
    }

    private static Path find(String name) {
        return project().resolveSibling("shared").resolve("vectors").resolve(name);
    }

    /** The project's own folder. */
    static Path project() {
        Path root = Path.of("").toAbsolutePath();
        while (root.getParent() != null && !Files.exists(root.resolve("LICENSE"))) {
            root = root.getParent();
        }
        return root;
    }
}
