package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkHoldTest {
    /** Larger than any process id. */
    private static final String LEFT = ".backup-4194305-1";

    @TempDir
    Path folder;

    @Test
    void keepsWhatItsOwnerDeletesOrReplacesAndNothingElse() throws Exception {
        Path first = Files.writeString(folder.resolve("1.segment"), "first");
        Path other = Files.writeString(folder.resolve("numbers"), "7");
        Path deep = Files.createDirectories(folder.resolve("a/b")).resolve("2.segment");
        Files.writeString(deep, "deep");
        try (LinkHold hold = LinkHold.open(folder)) {
            hold.link(".segment");
            Files.delete(first);
            Files.writeString(first, "another");
            Path second = Files.writeString(folder.resolve("3.segment"), "second");
            hold.link(".segment");
            FileTree.delete(folder.resolve("a"));

            assertThat(hold.of(first)).hasContent("first");
            assertThat(hold.of(deep)).hasContent("deep");
            assertThat(hold.of(second)).hasContent("second");
            assertThat(hold.of(other)).doesNotExist();
        }
        assertThat(folder).isDirectoryNotContaining("glob:**/.backup-*");
        assertThat(first).hasContent("another");
    }

    @Test
    void removesWhatAKilledBackUpLeft() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve(LEFT)).resolve("1.segment"), "left");
        try (LinkHold hold = LinkHold.open(folder)) {
            assertThat(folder.resolve(LEFT)).doesNotExist();
            assertThat(hold.of(folder)).isDirectory();
        }
    }
}
