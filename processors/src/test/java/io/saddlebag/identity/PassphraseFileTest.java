package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
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
