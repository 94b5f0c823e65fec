package io.saddlebag.files.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.access.Ownership;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRebuildTest {
    private static final int DROPPER = 65534;

    @TempDir
    Path area;

    private Path taken;

    @BeforeEach
    void make() throws IOException {
        taken = area.resolve(FolderRebuild.TAKEN);
        for (String file : List.of("a.csv", "deep/b.csv", "deep/er/c.csv", "last/d.csv")) {
            Files.createDirectories(taken.resolve(file).getParent());
            Files.writeString(taken.resolve(file), file);
        }
    }

    /** The folders and files below, as somebody else's. */
    private static void giveAway(Path folder) throws IOException {
        assumeTrue(Ownership.thisUser() == 0, "needs root, to make files of a second user");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", DROPPER, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private void rebuild() throws IOException {
        new FolderRebuild(area, FolderLimits.USUAL).run();
    }

    private static List<String> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private void assertIsOwn() throws IOException {
        assertThat(filesBelow(taken)).containsExactly("a.csv", "deep/b.csv", "deep/er/c.csv", "last/d.csv");
        assertThat(taken.resolve("deep/er/c.csv")).hasContent("deep/er/c.csv");
        try (Stream<Path> files = Files.walk(taken)) {
            for (Path folder : files.filter(Files::isDirectory).toList()) {
                Ownership found = Ownership.of(folder);
                assertThat(found.owner()).as("%s", folder).isEqualTo(Ownership.thisUser());
                assertThat(found.octal()).as("%s", folder).isEqualTo("750");
            }
        }
        assertThat(area.resolve(FolderRebuild.NEW)).doesNotExist();
    }

    @Test
    void replacesTheFoldersOfAnother() throws IOException {
        giveAway(taken);
        rebuild();

        assertIsOwn();
        assertThat(Ownership.of(taken.resolve("deep/er/c.csv")).owner()).isEqualTo(DROPPER);
    }

    @Test
    void closesItsOwnFoldersToOthers() throws IOException {
        Files.setPosixFilePermissions(taken.resolve("deep"), PosixFilePermissions.fromString("rwxrwxrwx"));
        rebuild();

        assertIsOwn();
    }

    @Test
    void goesOnWhereACrashCutItShort() throws IOException {
        giveAway(taken);
        Path made = Files.createDirectory(area.resolve(FolderRebuild.NEW));
        Files.move(taken.resolve("deep"), made.resolve("deep"));
        rebuild();

        assertIsOwn();
    }

    @Test
    void goesOnInAFolderDeepInside() throws IOException {
        giveAway(taken.resolve("deep"));
        Path made = Files.createDirectory(area.resolve(FolderRebuild.NEW));
        Files.move(taken.resolve("deep/b.csv"), made.resolve("b.csv"));
        rebuild();

        assertIsOwn();
    }

    @Test
    void keepsEverythingWhenSomebodyPutsANameThereTwice() throws IOException {
        giveAway(taken);
        Path made = Files.createDirectory(area.resolve(FolderRebuild.NEW));
        Files.writeString(made.resolve("a.csv"), "the first");

        assertThatThrownBy(this::rebuild).isInstanceOf(Refusal.class).hasMessageContaining("a.csv");
        assertThat(made.resolve("a.csv")).hasContent("the first");
        assertThat(filesBelow(taken)).contains("a.csv");
    }

    @Test
    void movesLinksAndPipesUnopened() throws Exception {
        Files.createSymbolicLink(taken.resolve("deep/link"), Path.of("/etc"));
        assertThat(new ProcessBuilder("mkfifo", taken.resolve("deep/pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        giveAway(taken);
        rebuild();

        assertThat(Files.isSymbolicLink(taken.resolve("deep/link"))).isTrue();
        assertThat(filesBelow(taken)).contains("deep/pipe");
    }
}
