package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkHoldTest {
    @TempDir
    Path folder;

    @Test
    void keepsWhatItsOwnerDeletesOrReplacesAndNothingElse() throws Exception {
        Path first = Files.writeString(folder.resolve("1.segment"), "first");
        Path other = Files.writeString(folder.resolve("numbers"), "7");
        Path deep = Files.createDirectory(folder.resolve("claimed")).resolve("2.segment");
        Files.writeString(deep, "deep");
        try (LinkHold hold = LinkHold.open(folder)) {
            hold.link(".segment");
            Files.delete(first);
            Files.writeString(first, "another");
            Path second = Files.writeString(folder.resolve("3.segment"), "second");
            hold.link(".segment");

            assertThat(hold.of(first)).hasContent("first");
            assertThat(hold.of(deep)).as("its owner judges it by its names").doesNotExist();
            assertThat(hold.of(second)).hasContent("second");
            assertThat(hold.of(other)).doesNotExist();
        }
        assertThat(folder).isDirectoryNotContaining("glob:**/.backup*");
        assertThat(first).hasContent("another");
    }

    @Test
    void removesWhatAKilledBackUpLeft() throws Exception {
        Files.writeString(folder.resolve("1.segment"), "left");
        LinkHold.open(folder).link(".segment");
        try (LinkHold hold = LinkHold.open(folder)) {
            assertThat(hold.of(folder)).isEmptyDirectory();
        }
    }
}
