package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassphraseFileTest {
    @TempDir
    private Path folder;

    @Test
    void givesTheFirstLineWithItsSpaces() throws IOException {
        assertThat(new PassphraseFile(file(" six words \nnote\n", "rw-------")).get())
                .isEqualTo(" six words ".toCharArray());
    }

    @Test
    void passesOverWhatAnEditorOfWindowsAdds() throws IOException {
        assertThat(new PassphraseFile(file("\uFEFFsix wörds\r\n", "rw-------")).get())
                .isEqualTo("six wörds".toCharArray());
    }

    @Test
    void refusesAnotherEncodingWithoutShowingTheLetter() throws IOException {
        PassphraseFile latin1 = new PassphraseFile(file("", "rw-------"));
        Files.write(latin1.file(), "six wörds\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(latin1::read)
                .hasMessageContaining(latin1.file() + ":1: expected UTF-8, found another byte at byte 6 of the line")
                .hasMessageNotContaining("F6")
                .hasMessageNotContaining("ö");
    }

    @Test
    void givesNoneWhereThereIsNoFile() {
        assertThat(new PassphraseFile(folder.resolve("none")).get()).isNull();
    }

    @Test
    void refusesAFileThatOthersMayRead() throws IOException {
        PassphraseFile open = new PassphraseFile(file("six words\n", "rw-r--r--"));

        assertThatThrownBy(open::get).isInstanceOf(UncheckedIOException.class).hasMessageContaining("chmod 0600");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        PassphraseFile empty = new PassphraseFile(file("", "rw-------"));

        assertThatThrownBy(empty::read).isInstanceOf(IOException.class).hasMessageContaining("first line");
    }

    private Path file(String text, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("passphrase"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
