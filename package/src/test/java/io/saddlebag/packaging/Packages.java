package io.saddlebag.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that this module's build made. */
final class Packages {
    private Packages() {}

    static Path saddlebag() throws IOException {
        return only("saddlebag_", ".deb");
    }

    static Path bench() throws IOException {
        return only("saddlebag-bench_", ".deb");
    }

    static Path tar() throws IOException {
        return only("saddlebag-", ".tar.gz");
    }

    private static Path only(String beginning, String ending) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(beginning)
                                    && file.getFileName().toString().endsWith(ending))
                    .toList();
            if (found.size() != 1) {
                throw new IOException("Expected one " + beginning + "*" + ending + " in target, found " + found
                        + ". Run: mvn -Ppackage -DskipTests package");
            }
            return found.get(0).toAbsolutePath();
        }
    }
}
