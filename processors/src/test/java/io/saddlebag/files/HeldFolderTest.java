package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldFolderTest {
    @TempDir
    Path folder;

    private Path shared;
    private HeldFolder held;

    @BeforeEach
    void open() throws Exception {
        shared = Files.createDirectory(folder.resolve("shared"));
        held = HeldFolder.open(shared);
    }

    @AfterEach
    void close() throws Exception {
        held.close();
    }

    private static void pipe(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }

    @Test
    void staysInTheFolderThatItOpenedWhateverItsPathLeadsTo() throws Exception {
        Files.createFile(shared.resolve("file"));
        Files.move(shared, folder.resolve("away"));
        Files.createSymbolicLink(shared, Files.createDirectory(folder.resolve("secret")));

        assertThat(held.isThere(Path.of("file"))).isTrue();
    }

    @Test
    void followsNoLinkToAFolder() throws Exception {
        Files.createSymbolicLink(shared.resolve("sub"), Files.createDirectory(folder.resolve("secret")));

        assertThatThrownBy(() -> held.sub(Path.of("sub"))).isInstanceOf(NotDirectoryException.class);
        assertThat(held.look(Path.of("sub")).isSymbolicLink()).isTrue();
    }

    @Test
    void doesNotWaitForTheWriterOfAPipe() throws Exception {
        pipe(shared.resolve("sub"));
        pipe(folder.resolve("root"));

        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            assertThatThrownBy(() -> held.sub(Path.of("sub"))).isInstanceOf(NotDirectoryException.class);
            assertThatThrownBy(() -> HeldFolder.open(folder.resolve("root"))).isInstanceOf(FileSystemException.class);
        });
    }

    @Test
    void takesSingleNamesOnly() {
        for (String name : List.of("sub/file", "../file", "..", "/etc", "")) {
            assertThatThrownBy(() -> held.look(Path.of(name))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void listsAgainEachTimeAndMovesWhateverAnEntryIs() throws Exception {
        pipe(shared.resolve("pipe"));
        Path target = Files.createDirectory(folder.resolve("claims"));
        for (int i = 0; i < 2; i++) {
            List<String> names = new ArrayList<>();
            try (HeldFolder again = held.again()) {
                again.names().forEachRemaining(name -> names.add(name.toString()));
            }
            assertThat(names).containsExactly("pipe");
        }
        try (HeldFolder claims = HeldFolder.open(target)) {
            held.move(Path.of("pipe"), claims, Path.of("claimed"));
            claims.sync(target);
        }

        assertThat(target.resolve("claimed")).exists();
        assertThat(shared).isEmptyDirectory();
    }
}
