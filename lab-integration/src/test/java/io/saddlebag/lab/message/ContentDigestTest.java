package io.saddlebag.lab.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
    private static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    private static InputStream stream(byte[] content) {
        return new ByteArrayInputStream(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 200_000})
    void digestsAStreamAndReadsTheSameOnceMore(int size) throws IOException {
        byte[] content = content(size);

        ContentDigest digest = ContentDigest.of(stream(content), size);

        assertThat(digest).isEqualTo(ContentDigest.of(content));
        assertThat(digest.sha256()).isEqualTo(Sha256.of(content));
        assertThat(digest.again(stream(content), "it").readAllBytes()).isEqualTo(content);
    }

    private static void assertChanged(byte[] before, byte[] now) {
        ContentDigest digest = ContentDigest.of(before);
        assertThatThrownBy(() ->
                        digest.again(stream(now), "FL-LAB_DAT_20251008_001").readAllBytes())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_FILE))
                .hasMessageContaining("FL-LAB_DAT_20251008_001")
                .hasMessageContaining("changed while it was read");
    }

    @Test
    void refusesAFileThatGrewOrShrankBetween() {
        byte[] content = content(70_000);

        assertChanged(content, content(70_001));
        assertChanged(content, Arrays.copyOf(content, 69_999));
        assertChanged(content, new byte[0]);
        assertChanged(new byte[0], content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 35_000, 69_999})
    void refusesAFileInWhichOneBitChanged(int at) {
        byte[] changed = content(70_000);
        changed[at] ^= 1;

        assertChanged(content(70_000), changed);
    }

    @Test
    void refusesTwoPartsThatChangedPlaces() {
        byte[] content = content(70_000);
        byte[] changed = content.clone();
        System.arraycopy(content, 0, changed, 35_000, 35_000);
        System.arraycopy(content, 35_000, changed, 0, 35_000);

        assertChanged(content, changed);
    }
}
