package io.saddlebag.bench.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallDiskTest {
    @TempDir
    private Path temporary;

    private Path folder;
    private SmallDisk disk;

    @BeforeEach
    void mount() {
        folder = temporary.resolve("home/spool");
        try {
            disk = SmallDisk.over(folder, temporary.resolve("aside/spool"), 1 << 20);
        } catch (IOException e) {
            abort("no tmpfs can be mounted here: " + e.getMessage());
        }
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void showsTheBareFolderWhileItIsAwayAndItsFilesAfterwards() throws IOException {
        Files.writeString(folder.resolve("kept"), "kept");
        Object device = Files.getAttribute(folder, "unix:dev");

        disk.takeAway();
        assertThat(folder).isEmptyDirectory();
        assertThat(Files.getAttribute(folder, "unix:dev")).isNotEqualTo(device);
        assertThat(disk.isMounted()).isFalse();

        assertThat(disk.putBack()).isEmpty();
        assertThat(folder.resolve("kept")).hasContent("kept");
        assertThat(disk.isMounted()).isTrue();
    }

    @Test
    void findsWhatWasWrittenBelowItsMountPointAndTakesItAway() throws IOException {
        disk.takeAway();
        Files.createDirectories(folder.resolve("FL-LAB"));
        Files.writeString(folder.resolve("FL-LAB/hidden"), "hidden");

        assertThat(disk.putBack()).containsExactly(Path.of("FL-LAB/hidden"));
        disk.takeAway();
        assertThat(folder).isEmptyDirectory();
        disk.putBack();
    }

    @Test
    void takesNoByteMoreOnceItIsFull() throws IOException {
        disk.fill();
        assertThatThrownBy(() -> Files.writeString(folder.resolve("more"), "more"))
                .isInstanceOf(IOException.class);

        disk.empty();
        assertThat(Files.writeString(folder.resolve("less"), "less")).hasContent("less");
    }

    @Test
    void leavesItsFilesInTheFolderWhenItIsClosed() throws IOException {
        Files.writeString(folder.resolve("kept"), "kept");
        disk.takeAway();

        disk.close();
        disk = null;

        assertThat(folder.resolve("kept")).hasContent("kept");
        assertThat(Files.getAttribute(folder, "unix:dev")).isEqualTo(Files.getAttribute(temporary, "unix:dev"));
    }
}
