package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderMoveTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final FileTime THEN = FileTime.from(Instant.parse("2025-10-08T09:00:00.123456Z"));

    @TempDir
    private Path temporary;

    private Path source;
    private Path target;

    @BeforeEach
    void aFolder() throws IOException {
        source = temporary.resolve("source");
        target = temporary.resolve("target");
        Files.createDirectories(source.resolve("deep/empty"));
        Files.writeString(source.resolve("deep/a.txt"), "alpha");
        Files.createSymbolicLink(source.resolve("link"), Path.of("nowhere"));
        Files.setLastModifiedTime(source.resolve("deep/a.txt"), THEN);
        Files.setLastModifiedTime(source.resolve("deep"), THEN);
        Files.setLastModifiedTime(source, THEN);
    }

    @Test
    void movesWithinAFileSystem() throws IOException {
        TreeLook before = TreeLookTest.look(source);

        FolderMove.move(source, target);

        assertThat(TreeLookTest.look(target)).isEqualTo(before);
        assertThat(source).doesNotExist();
    }

    @Test
    void copiesToAnotherFileSystemWithTimesAndLinks() throws IOException {
        assumeTrue(
                Files.isWritable(MEMORY) && !Files.getFileStore(MEMORY).equals(Files.getFileStore(temporary)),
                "needs another file system");
        Path elsewhere = Files.createTempDirectory(MEMORY, "saddlebag");
        try {
            FolderMove.move(source, elsewhere.resolve("moved"));

            isWhole(elsewhere.resolve("moved"));
            assertThat(source).doesNotExist();
            assertThat(names(elsewhere)).containsExactly("moved");
            assertThat(names(temporary)).isEmpty();
        } finally {
            FileTree.delete(elsewhere);
        }
    }

    @Test
    void copiesAndRemoves() throws IOException {
        FolderMove.copy(source, target);
        isWhole(target);
        isWhole(source);

        FolderMove.remove(source);
        assertThat(names(temporary)).containsExactly("target");
    }

    /** The temporary name is longer, so that the path of what lies deepest is too long to be deleted (PATH_MAX). */
    @Test
    void takesTheNameAwayThoughTheContentCannotBeDeleted() throws IOException {
        Path deepest = source;
        while (deepest.toString().length() < 3_900) {
            deepest = Files.createDirectory(deepest.resolve("d".repeat(100)));
        }
        Files.writeString(deepest.resolve("f".repeat(4_094 - deepest.toString().length())), "it");

        FolderMove.remove(source);

        assertThat(source).doesNotExist();
        Path left = temporary.resolve(names(temporary).findFirst().orElseThrow());
        assertThat(AtomicFiles.isTemporary(left.getFileName().toString())).isTrue();
        FolderMove.rename(left, source);
    }

    @Test
    void neverReplacesWhatStandsThere() throws IOException {
        Files.createDirectory(target);

        assertThatThrownBy(() -> FolderMove.move(source, target)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> FolderMove.copy(source, target)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(target).isEmptyDirectory();
        assertThat(names(temporary)).containsExactly("source", "target");
    }

    private static void isWhole(Path folder) throws IOException {
        assertThat(folder.resolve("deep/a.txt")).hasContent("alpha");
        assertThat(folder.resolve("deep/empty")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(folder.resolve("link"))).isEqualTo(Path.of("nowhere"));
        for (Path file : new Path[] {folder.resolve("deep/a.txt"), folder.resolve("deep"), folder}) {
            assertThat(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(THEN);
        }
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }
}
