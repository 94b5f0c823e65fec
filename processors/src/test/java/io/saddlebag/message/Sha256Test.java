package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256Test {
    /** FIPS 180-4's example. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void digestsAsTheStandardTells() {
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII))).hasToString(ABC);
    }

    @Test
    void digestsAStreamBitByBit() {
        MessageDigest digest = Sha256.newDigest();
        digest.update((byte) 'a');
        digest.update(new byte[] {'b', 'c'});

        assertThat(Sha256.ofDigest(digest.digest())).isEqualTo(new Sha256(ABC));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1})
    void givesTheSameDigestWhoeverComputesIt(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        MessageDigest digest = Sha256.newDigest(size);

        digest.update(content);

        assertThat(Sha256.ofDigest(digest.digest())).isEqualTo(Sha256.of(content));
    }

    @Test
    void givesItsBytes() {
        assertThat(Sha256.ofDigest(new Sha256(ABC).bytes()).hex()).isEqualTo(ABC);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ba7816bf",
                "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0"
            })
    void refusesWhatIsNotADigest(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Sha256(text));
    }
}
