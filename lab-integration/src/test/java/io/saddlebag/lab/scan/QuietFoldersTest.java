package io.saddlebag.lab.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietFoldersTest {
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");

    @TempDir
    private Path folder;

    private final QuietFolders quiet = new QuietFolders();

    private BasicFileAttributes look() throws IOException {
        return Files.readAttributes(folder, BasicFileAttributes.class);
    }

    @Test
    void listsAFolderOfManyHiddenNamesAgainOnceItChangesOrAMinuteIsOver() throws IOException {
        quiet.listed(look(), QuietFolders.MANY, 0, NOW);

        assertThat(quiet.isQuiet(look(), NOW.plusSeconds(59))).isTrue();
        assertThat(quiet.isQuiet(look(), NOW.plusSeconds(60))).isFalse();
        Files.setLastModifiedTime(folder, FileTime.from(NOW));
        assertThat(quiet.isQuiet(look(), NOW.plusMillis(20))).isFalse();
    }

    @Test
    void listsAFolderThatHasAnyOtherNameAgainAfterAPauseAndOneOfFewNamesAlways() throws IOException {
        quiet.listed(look(), QuietFolders.MANY, 0, NOW);
        quiet.listed(look(), QuietFolders.MANY, 1, NOW);
        assertThat(quiet.isQuiet(look(), NOW.plusMillis(19))).isTrue();
        assertThat(quiet.isQuiet(look(), NOW.plusMillis(20))).isFalse();

        quiet.listed(look(), QuietFolders.MANY - 1, 0, NOW);
        assertThat(quiet.isQuiet(look(), NOW)).isFalse();
    }

    /** Somebody adds a hidden name again and again, or lets a file grow in a folder of hidden ones. */
    @Test
    void listsAFolderThatChangesAllTheTimeASmallPartOfTheTime() throws IOException {
        for (int others : new int[] {0, 1}) {
            quiet.listed(look(), 300_000, others, NOW);
            Files.setLastModifiedTime(folder, FileTime.from(NOW.minusSeconds(others)));
            assertThat(quiet.isQuiet(look(), NOW.plusMillis(5_999))).isTrue();
            assertThat(quiet.isQuiet(look(), NOW.plusMillis(6_000))).isFalse();
        }
        quiet.listed(look(), 100_000_000, 1, NOW);
        assertThat(quiet.isQuiet(look(), NOW.plusSeconds(60))).isFalse();
    }

    @Test
    void remembersABoundedNumber() throws IOException {
        quiet.listed(look(), QuietFolders.MANY, 0, NOW);
        for (int i = 0; i < QuietFolders.MOST; i++) {
            Path other = Files.createDirectory(folder.resolve("d" + i));
            quiet.listed(Files.readAttributes(other, BasicFileAttributes.class), QuietFolders.MANY, 0, NOW);
        }

        assertThat(quiet.isQuiet(look(), NOW)).isFalse();
        assertThat(quiet.isQuiet(
                        Files.readAttributes(folder.resolve("d0"), BasicFileAttributes.class),
                        NOW.plus(Duration.ofSeconds(1))))
                .isTrue();
    }
}
