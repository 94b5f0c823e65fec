package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
    @TempDir
    private Path folder;

    @Test
    void deletesAllThatIsInAFolderAndNothingThatALinkPointsTo() throws Exception {
        Path kept = Files.writeString(folder.resolve("kept"), "kept");
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.writeString(Files.createDirectories(root.resolve("a/b")).resolve("file"), "gone");
        Files.createSymbolicLink(root.resolve("a/link"), kept);

        FileTree.delete(root);

        assertThat(root).doesNotExist();
        assertThat(kept).hasContent("kept");
    }

    @Test
    void isContentWithAFolderThatIsNotThere() throws Exception {
        FileTree.delete(folder.resolve("absent"));

        assertThat(folder).isEmptyDirectory();
    }
}
