package io.saddlebag.rc.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.rc.deliver.OutboxSteps.InlineContent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InlineContentTest {
    @Test
    void writesTextAsItIs() {
        assertThat(of("α,β\r\n\t1")).isEqualTo(new InlineContent("utf-8", "α,β\r\n\t1"));
        assertThat(of("")).isEqualTo(new InlineContent("utf-8", ""));
    }

    @Test
    void writesOtherBytesAsBase64() {
        assertThat(of(new byte[] {(byte) 0xff, 1})).isEqualTo(new InlineContent("base64", "/wE="));
        assertThat(of("a\0b").encoding()).isEqualTo("base64");
        assertThat(of(new byte[] {(byte) 0xc3}).encoding()).isEqualTo("base64");
    }

    @Test
    void namesThePayloadOfWhatIsTooLong() {
        assertThat(InlineContent.of(null, "payload.bin")).isEqualTo(new InlineContent("file", "payload.bin"));
    }

    private static InlineContent of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InlineContent of(byte[] content) {
        return InlineContent.of(content, "payload.bin");
    }
}
