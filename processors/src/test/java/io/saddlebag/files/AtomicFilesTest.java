package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void createsAFileThatWasNotThere() throws IOException {
        AtomicFiles.create(folder.resolve("a"), new byte[] {1, 2});

        assertThat(folder.resolve("a")).hasBinaryContent(new byte[] {1, 2});
        assertThat(names()).containsExactly("a");
    }

    @Test
    void neverOverwritesWhatItCreates() throws IOException {
        Files.writeString(folder.resolve("a"), "old");

        assertThatThrownBy(() -> AtomicFiles.create(folder.resolve("a"), new byte[] {1}))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("a")).hasContent("old");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void renamesToAFreeNameAlone() throws IOException {
        Path file = Files.writeString(folder.resolve(".a"), "new");
        Path taken = Files.writeString(folder.resolve("a"), "old");

        assertThatThrownBy(() -> AtomicFiles.rename(file, taken)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(taken).hasContent("old");
        assertThat(names()).containsExactlyInAnyOrder(".a", "a");

        AtomicFiles.rename(file, folder.resolve("b"));
        assertThat(folder.resolve("b")).hasContent("new");
        assertThat(names()).containsExactlyInAnyOrder("a", "b");
    }

    /** A reader takes each target as soon as it exists. */
    @Test
    void leavesNoSourceWhoseTargetWasTakenAtOnce() throws Exception {
        Path target = folder.resolve("b");
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            while (!isOver.get()) {
                target.toFile().delete();
            }
        });
        try {
            for (int i = 0; i < 200; i++) {
                Path source = Files.writeString(folder.resolve("a"), "new");
                AtomicFiles.moveNew(source, target);
                assertThat(source).doesNotExist();
                while (Files.exists(target)) {
                    Thread.onSpinWait();
                }
            }
        } finally {
            isOver.set(true);
            reader.get();
        }
    }

    @Test
    void takesTheOldNameAwayOfAFileThatHasBoth() throws IOException {
        Path file = Files.writeString(folder.resolve(".a"), "new");
        Files.createLink(folder.resolve("a"), file);

        AtomicFiles.rename(file, folder.resolve("a"));
        assertThat(names()).containsExactly("a");
    }

    @Test
    void doesNotWriteThroughALinkToNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("a"), folder.resolve("elsewhere"));

        assertThatThrownBy(() -> AtomicFiles.create(folder.resolve("a"), new byte[] {1}))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(names()).containsExactly("a");
    }

    @Test
    void leavesNothingWhenTheContentFails() {
        assertThatThrownBy(() -> AtomicFiles.create(folder.resolve("a"), out -> {
                    out.write(1);
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(names()).isEmpty();
    }

    @Test
    void keepsTheOldFileWhenItsReplacementFails() throws IOException {
        AtomicFiles.replace(folder.resolve("a"), "old".getBytes());

        assertThatThrownBy(() -> AtomicFiles.replace(folder.resolve("a"), out -> {
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(folder.resolve("a")).hasContent("old");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void replacesAFile() throws IOException {
        AtomicFiles.replace(folder.resolve("a"), "old".getBytes());
        AtomicFiles.replace(folder.resolve("a"), "new".getBytes());

        assertThat(folder.resolve("a")).hasContent("new");
    }

    @Test
    void movesToAnotherFolder() throws IOException {
        Path target = folder.resolve("x/y/b");
        Files.writeString(folder.resolve("a"), "it");
        AtomicFiles.createFolders(target.getParent());

        AtomicFiles.moveNew(folder.resolve("a"), target);

        assertThat(target).hasContent("it");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void doesNotMoveOverAnotherFile() throws IOException {
        Files.writeString(folder.resolve("a"), "it");
        Files.writeString(folder.resolve("b"), "other");

        assertThatThrownBy(() -> AtomicFiles.moveNew(folder.resolve("a"), folder.resolve("b")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("a")).hasContent("it");
        assertThat(folder.resolve("b")).hasContent("other");
    }

    @Test
    void finishesAMoveThatACrashCutInTwo() throws IOException {
        Files.writeString(folder.resolve("a"), "it");
        Files.createLink(folder.resolve("b"), folder.resolve("a"));

        AtomicFiles.moveNew(folder.resolve("a"), folder.resolve("b"));

        assertThat(names()).containsExactly("b");
    }

    @Test
    void saysWhenThereIsNothingToMove() {
        assertThatThrownBy(() -> AtomicFiles.moveNew(folder.resolve("a"), folder.resolve("b")))
                .isInstanceOf(NoSuchFileException.class);
    }

    private List<String> names() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
