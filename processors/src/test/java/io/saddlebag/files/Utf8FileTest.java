package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8FileTest {
    @TempDir
    private Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "name=Zürich\nother=\uD83D\uDD11\n", "\uFEFFname=Zürich\n", "\uFEFF"})
    void readsTextAndPassesOverAByteOrderMark(String text) throws IOException {
        assertThat(Utf8File.read(write(text.getBytes(StandardCharsets.UTF_8)))).isEqualTo(text.replace("\uFEFF", ""));
    }

    @Test
    void namesLineByteAndLetterOfAnotherEncoding() throws IOException {
        Path file = write("first=ö\nsecond=Zürich\n".replace("ö", "o").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Utf8File.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ":2: expected UTF-8, found the byte 0xFC, which is 'ü' in Latin-1, at byte 9 of the"
                        + " line. Save the file as UTF-8");
    }

    @Test
    void namesAByteThatEndsTheFileTooEarly() throws IOException {
        Path file = write(new byte[] {'a', '\n', (byte) 0xC3});
        assertThatThrownBy(() -> Utf8File.read(file)).hasMessageContaining(":2: expected UTF-8, found the byte 0xC3");
    }

    @Test
    void doesNotShowAByteOfASecret() throws IOException {
        Path file = write("Zürich".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Utf8File.readSecret(file))
                .hasMessage(
                        file + ":1: expected UTF-8, found another byte at byte 2 of the line. Save the file as UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "x-UTF-16LE-BOM"})
    void namesUtf16(String charset) throws IOException {
        Path file = write("name=value\n".getBytes(Charset.forName(charset)));
        assertThatThrownBy(() -> Utf8File.read(file)).hasMessageContaining(":1: expected UTF-8, found UTF-16");
    }
}
