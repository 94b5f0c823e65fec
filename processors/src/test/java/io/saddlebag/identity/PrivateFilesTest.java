package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
    @TempDir
    private Path folder;

    @Test
    void replacesAFileWholeWithItsModeAndLeavesNothingElse() throws IOException {
        Path key = file("old", "rw-r--r--");
        Files.writeString(folder.resolve(key.getFileName() + ".new"), "of a crash");
        Path list = folder.resolve("list");

        PrivateFiles.replace(key, "new".getBytes(StandardCharsets.US_ASCII));
        PrivateFiles.replacePublic(list, "list".getBytes(StandardCharsets.US_ASCII));

        assertThat(key).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(list)))
                .isEqualTo("rw-r--r--");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void givesTheFirstLineWithItsSpaces() throws IOException {
        assertThat(PrivateFiles.passphrase(file(" six words \nnote\n", "rw-------")))
                .isEqualTo(" six words ".toCharArray());
    }

    @Test
    void passesOverWhatAnEditorOfWindowsAdds() throws IOException {
        assertThat(PrivateFiles.passphrase(file("\uFEFFsix wörds\r\n", "rw-------")))
                .isEqualTo("six wörds".toCharArray());
    }

    @Test
    void refusesAnotherEncodingWithoutShowingTheLetter() throws IOException {
        Path latin1 = file("", "rw-------");
        Files.write(latin1, "six wörds\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> PrivateFiles.passphrase(latin1))
                .hasMessageContaining(latin1 + ":1: expected UTF-8, found another byte at byte 6 of the line")
                .hasMessageNotContaining("F6")
                .hasMessageNotContaining("ö");
    }

    @Test
    void saysWhereThereIsNoFile() {
        assertThatThrownBy(() -> PrivateFiles.passphrase(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
    }

    @Test
    void refusesAFileThatOthersMayRead() throws IOException {
        Path open = file("six words\n", "rw-r--r--");

        assertThatThrownBy(() -> PrivateFiles.passphrase(open))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 0600");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Path empty = file("", "rw-------");

        assertThatThrownBy(() -> PrivateFiles.passphrase(empty))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("first line");
    }

    private Path file(String text, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("passphrase"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
