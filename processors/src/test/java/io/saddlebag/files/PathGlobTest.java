package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "Thumbnail_Images, thumbnail_images, true",
        "Thumbnail_Images, Thumbnail_Images/L001/a.jpg, true",
        "Thumbnail_Images, Data/Thumbnail_Images, false",
        "*.log, a.log, true",
        "*.log, Logs/a.log, false",
        "**/*.log, a.log, true",
        "**/*.log, Logs/deep/a.log, true",
        "Data/*/cache, Data/L001/cache/x, true",
        "Data/*/cache, Data/cache, false",
        "Data/**, Data, false",
        "Data/**, Data/a/b, true",
        "a?.csv, a1.csv, true",
        "a?.csv, a.csv, false",
        "[a].csv, a.csv, false",
    })
    void matchesPathsAndAllBelow(String glob, String path, boolean isMatched) {
        assertThat(PathGlob.of(glob).contains(path)).isEqualTo(isMatched);
    }

    @Test
    void matchesANameWithALineEnd() {
        assertThat(PathGlob.of("*.log").contains("a\nb.log")).isTrue();
        assertThat(PathGlob.of("**/x").contains("a\nb/c/x")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "../a", "a/..", "./a", " "})
    void refusesWhatIsNoPathWithinAFolder(String glob) {
        assertThatThrownBy(() -> PathGlob.of(glob))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected patterns of paths within the folder");
    }

    @ParameterizedTest
    @CsvSource({"*, true", "**, true", "**/*, true", "*/*, true", "*.log, false", "?, false", "Data/**, false"})
    void knowsOneThatLeavesNothing(String glob, boolean isEverything) {
        assertThat(PathGlob.of(glob).isEverything()).isEqualTo(isEverything);
    }

    @Test
    void findsTheNewestFileAndFollowsNoLink() throws IOException {
        Path cell = Files.createDirectories(folder.resolve("1_A01/metadata"));
        FileTime time = FileTime.fromMillis(1_700_000_000_000L);
        Files.setLastModifiedTime(Files.createFile(cell.resolve("m1.TransferDone")), time);
        Files.setLastModifiedTime(Files.createFile(cell.resolve("m0.transferdone")), FileTime.fromMillis(1));
        Files.createDirectory(folder.resolve("CopyComplete.txt"));
        Files.createSymbolicLink(folder.resolve("RTAComplete.txt"), cell.resolve("m1.TransferDone"));
        Files.createSymbolicLink(folder.resolve("2_B01"), cell.getParent());

        try (HeldFolder held = HeldFolder.open(folder)) {
            assertThat(PathGlob.of("*/metadata/*.transferdone").newestIn(held)).isEqualTo(time);
            assertThat(PathGlob.of("2_B01/metadata/*.transferdone").newestIn(held))
                    .isNull();
            assertThat(PathGlob.of("CopyComplete.txt").newestIn(held)).isNull();
            assertThat(PathGlob.of("RTAComplete.txt").newestIn(held)).isNull();
        }
    }
}
