package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InlineContentTest {
    @TempDir
    private Path folder;

    @Test
    void writesTextAsItIs() throws IOException {
        assertThat(of("α,β\r\n\t1")).isEqualTo(new InlineContent.Content("utf-8", "α,β\r\n\t1"));
        assertThat(of("")).isEqualTo(new InlineContent.Content("utf-8", ""));
    }

    @Test
    void writesOtherBytesAsBase64() throws IOException {
        assertThat(of(new byte[] {(byte) 0xff, 1})).isEqualTo(new InlineContent.Content("base64", "/wE="));
        assertThat(of("a\0b").encoding()).isEqualTo("base64");
        assertThat(of(new byte[] {(byte) 0xc3}).encoding()).isEqualTo("base64");
    }

    @Test
    void namesWhatIsLongerThanTheLimit() throws IOException {
        assertThat(of(new byte[16]).encoding()).isEqualTo("base64");
        assertThat(of(new byte[17])).isEqualTo(new InlineContent.Content("file", "payload.bin"));
    }

    private InlineContent.Content of(String text) throws IOException {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    private InlineContent.Content of(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("opened"), content);
        return new InlineContent(16).of(file, content.length, "payload.bin");
    }
}
