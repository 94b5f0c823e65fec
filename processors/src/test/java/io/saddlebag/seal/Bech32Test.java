package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Bech32Test {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 31, 32, 33, 1216})
    void decodesWhatItEncoded(int length) {
        byte[] data = Samples.content(length);

        String text = new Bech32("age1pq", data).encode();

        assertThat(Bech32.decode(text).data()).isEqualTo(data);
        assertThat(Bech32.decode(text).prefix()).isEqualTo("age1pq");
        assertThat(Bech32.decode(text.toUpperCase(Locale.ROOT)).prefix()).isEqualTo("AGE1PQ");
    }

    /** The valid text of BIP 173 whose data are whole bytes. */
    @Test
    void readsTheExampleOfTheStandard() {
        Bech32 decoded = Bech32.decode("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");

        assertThat(decoded.prefix()).isEqualTo("abcdef");
        assertThat(decoded.data()).asHexString().isEqualToIgnoringCase("00443214c74254b635cf84653a56d7c675be77df");
        assertThat(decoded.encode()).isEqualTo("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
    }

    /** The invalid texts of BIP 173, and a few of ours. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00201nwldj5",
                "\u007f1axkwrx",
                "\u00801eym55h",
                "pzry9x0s0muk",
                "1pzry9x0s0muk",
                "x1b4n0q5v",
                "li1dgmt3",
                "de1lg7wt\u00ff",
                "A1G7SGD8",
                "10a06t8",
                "1qzzfhee",
                "",
                "1",
                "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx",
                "Abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
                "\u0130bcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            })
    void refusesWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Bech32.decode(text));
    }

    /** Five bits that are no byte, and two groups of which the last two bits are not zero; one byte for comparison. */
    @Test
    void refusesBitsThatAreLeftOver() {
        assertThat(Bech32.decode("age1qywnyetw").data()).containsExactly(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Bech32.decode("age1qdd35qf"));
        assertThatIllegalArgumentException().isThrownBy(() -> Bech32.decode("age1qpu0j2ex"));
    }

    @Test
    void refusesMoreThanAnyKeyHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bech32.decode(new Bech32("age1pq", new byte[4096]).encode()));
    }
}
