package io.saddlebag.lab.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLookTest {
    private static final int LOOKS = 3_000;

    @TempDir
    private Path folder;

    @Test
    void takesAFolderOutOfWhichFilesGoForOneThatIsWrittenTo() throws Exception {
        Path dropped = Files.createDirectories(folder.resolve("dropped"));
        AtomicBoolean ended = new AtomicBoolean();
        Thread writer = new Thread(() -> comeAndGo(dropped, ended));
        writer.start();
        try {
            for (int i = 0; i < LOOKS; i++) {
                assertThat(FileLook.of(dropped)).isNotNull();
            }
        } finally {
            ended.set(true);
            writer.join();
        }
    }

    private static void comeAndGo(Path dropped, AtomicBoolean ended) {
        try {
            while (!ended.get()) {
                Path deep = Files.createDirectories(dropped.resolve("deep/er"));
                Path file = Files.writeString(deep.resolve("a.csv"), "1");
                Files.delete(file);
                Files.delete(deep);
                Files.delete(deep.getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saysWhenThereIsNothing() {
        assertThatThrownBy(() -> FileLook.of(folder.resolve("gone"))).isInstanceOf(NoSuchFileException.class);
    }
}
