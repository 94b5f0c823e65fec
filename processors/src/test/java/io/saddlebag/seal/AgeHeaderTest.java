package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgeHeaderTest {
    private static final String HEADER = "age-encryption.org/v1\n-> X25519 AAA\nBBB\n-> empty\n\n--- CCC\n";

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void takesTheHeaderAndTheNonceAndNotAByteMore() throws IOException {
        ByteArrayInputStream file = stream(HEADER + "0123456789abcdefrest");

        ByteBuffer header = AgeHeader.read(file, 1000, 16);

        assertThat(new String(header.array(), StandardCharsets.US_ASCII)).isEqualTo(HEADER + "0123456789abcdef");
        assertThat(new String(file.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("rest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "age-encryption.org/v1",
                "age-encryption.org/v11\n",
                "age-encryption.org/v1\r\n",
                "age-encryption.org/v1\n",
                "age-encryption.org/v1\n-> X25519 AAA\nBBB\n",
                "age-encryption.org/v1\n-> X25519 AAA \nBBB\n--- CCC\n0123456789abcdef",
                "age-encryption.org/v1\n->  X25519 AAA\nBBB\n--- CCC\n0123456789abcdef",
                "age-encryption.org/v1\n-> X25519 \u00E4\nBBB\n--- CCC\n0123456789abcdef",
                "age-encryption.org/v1\n-> X25519 A\tA\nBBB\n--- CCC\n0123456789abcdef",
                "age-encryption.org/v1\n-> X25519 AAA\nBBB\n--- CCC\n0123456789abcde",
            })
    void refusesWhatIsNotAHeader(String text) {
        assertRefused(text, 1000);
    }

    @Test
    void holdsTheHeaderToItsLimit() throws IOException {
        String file = HEADER + "0123456789abcdef";

        assertThat(AgeHeader.read(stream(file), HEADER.length(), 16).remaining())
                .isEqualTo(file.length());
        assertRefused(file, HEADER.length() - 1);
    }

    private static void assertRefused(String text, int max) {
        assertThatThrownBy(() -> AgeHeader.read(stream(text), max, 16))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SEAL));
    }
}
