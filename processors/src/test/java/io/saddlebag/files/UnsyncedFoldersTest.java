package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsyncedFoldersTest {
    private static final String REASON = "Invalid argument";

    @TempDir
    private Path folder;

    private static void sync(Path path, String failure) throws IOException {
        AtomicFiles.syncFolder(path, () -> {
            throw new IOException(failure);
        });
    }

    @Test
    void namesNoReasonWhereFoldersCanBeSyncedAndLeavesNothingBehind() {
        assertThat(UnsyncedFolders.reason(folder)).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void namesTheFolderWhoseEntriesCannotBeSynced() {
        assertThatThrownBy(() -> sync(folder, REASON))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + ": its entries cannot be brought to the disk: " + REASON);
    }

    @Test
    void passesOverTheAcceptedReasonBelowTheAcceptedFolderAndNoOther() throws IOException {
        Path accepted = Files.createDirectory(folder.resolve("accepted"));
        UnsyncedFolders.accept(accepted, REASON);

        assertThatCode(() -> sync(accepted.resolve("FL-LAB"), REASON)).doesNotThrowAnyException();
        assertThatThrownBy(() -> sync(accepted, "Input/output error")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> sync(folder.resolve("accepted-not"), REASON)).isInstanceOf(IOException.class);
    }
}
