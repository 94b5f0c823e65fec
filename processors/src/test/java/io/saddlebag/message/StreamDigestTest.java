package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.InterruptedIOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamDigestTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 8 << 20, (8 << 20) + 1, 20_000_000})
    void isTheDigestOfWhatPassedWhateverBecomesOfTheBuffer(int size) throws Exception {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        byte[] buffer = new byte[300_000];

        try (StreamDigest digest = new StreamDigest(size)) {
            for (int done = 0; done < size; done += buffer.length - 7) {
                int length = Math.min(buffer.length - 7, size - done);
                System.arraycopy(content, done, buffer, 7, length);
                digest.update(buffer, 7, length);
            }
            assertThat(digest.sha256()).isEqualTo(Sha256.of(content));
        }
    }

    @Test
    void endsItsThreadWhenItIsClosedBeforeTheEnd() throws Exception {
        StreamDigest digest = new StreamDigest(1L << 40);
        digest.update(new byte[1 << 20], 0, 1 << 20);
        assertThat(threads()).isPositive();

        digest.close();
        digest.close();

        await().until(() -> threads() == 0);
    }

    @Test
    void saysSoWhenItsUserIsInterrupted() {
        try (StreamDigest digest = new StreamDigest(1L << 40)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> digest.update(new byte[1], 0, 1)).isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("saddlebag-digest"))
                .count();
    }
}
