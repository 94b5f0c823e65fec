package io.saddlebag.lab;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, another than the tests' own, where there is one. */
final class OtherFileSystem {
    private static final Path MEMORY = Path.of("/dev/shm");

    private OtherFileSystem() {}

    /**
     * A new folder there; the test is skipped, saying so, where /dev/shm is not another file system than that of the
     * home.
     */
    static Path folder(Path home) throws IOException {
        assumeTrue(
                Files.isWritable(MEMORY) && !Files.getFileStore(MEMORY).equals(Files.getFileStore(home)),
                "needs a second file system at /dev/shm");
        return Files.createTempDirectory(MEMORY, "saddlebag");
    }
}
