package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeLookTest {
    @TempDir
    private Path folder;

    private Path deep;
    private TreeLook before;

    @BeforeEach
    void make() throws IOException {
        deep = Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(deep.resolve("f"), "1");
        before = look(folder);
    }

    static TreeLook look(Path looked) throws IOException {
        try (HeldFolder parent = HeldFolder.open(looked.getParent())) {
            return TreeLook.of(parent, looked.getFileName(), SystemFiles.USUAL::endsPath);
        }
    }

    @Test
    void staysWhileNobodyWrites() throws IOException {
        assertThat(look(folder)).isEqualTo(before);
    }

    @Test
    void changesWhenAFileDeepInsideGrowsAndKeepsItsTime() throws IOException {
        FileTime time = Files.getLastModifiedTime(deep.resolve("f"));
        Files.writeString(deep.resolve("f"), "12");
        Files.setLastModifiedTime(deep.resolve("f"), time);

        assertThat(look(folder)).isNotEqualTo(before);
    }

    @Test
    void changesWhenAFileIsTouchedRenamedAddedOrRemoved() throws IOException {
        Path file = deep.resolve("f");
        FileTime ofFolder = Files.getLastModifiedTime(deep);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertThat(look(folder)).isNotEqualTo(before);

        before = look(folder);
        Files.move(file, deep.resolve("g"));
        Files.setLastModifiedTime(deep, ofFolder);
        assertThat(look(folder)).isNotEqualTo(before);

        before = look(folder);
        Files.createDirectory(deep.resolve("new"));
        assertThat(look(folder)).isNotEqualTo(before);

        before = look(folder);
        Files.delete(deep.resolve("new"));
        Files.setLastModifiedTime(deep, FileTime.from(Instant.EPOCH));
        assertThat(look(folder)).isNotEqualTo(before);
    }

    @Test
    void failsWhereThereIsNoFolder() {
        assertThatThrownBy(() -> look(folder.resolve("none"))).isInstanceOf(IOException.class);
    }

    @Test
    void endsAtADepthThatTakesFewOpenFolders() throws IOException {
        Path deepest = folder;
        for (int i = 0; i < 200; i++) {
            deepest = Files.createDirectory(deepest.resolve("d"));
        }
        before = look(folder);
        Files.createFile(deepest.resolve("unseen"));

        assertThat(look(folder)).isEqualTo(before);
    }
}
