package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.saddlebag.message.Refusal;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArmorTest {
    private static final String BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----\n";
    private static final String END = "-----END AGE ENCRYPTED FILE-----\n";

    private static BufferedInputStream stream(String text) {
        return new BufferedInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static byte[] read(String text) throws IOException {
        return new Armor(stream(text)).readAllBytes();
    }

    private static String armored(byte[] content) {
        return BEGIN
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + (content.length == 0 ? "" : "\n")
                + END;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 47, 48, 49, 96, 100, 10_000})
    void readsWhatStandsBetweenTheLines(int size) throws IOException {
        byte[] content = Samples.content(size);

        assertThat(read(armored(content))).isEqualTo(content);
        assertThat(read(armored(content).replace("\n", "\r\n"))).isEqualTo(content);
        assertThat(read(" \n\t" + armored(content) + "\n ")).isEqualTo(content);
    }

    @Test
    void readsByteByByteToo() throws IOException {
        Armor armor = new Armor(stream(armored(new byte[] {(byte) 0xFF, 1})));

        assertThat(armor.read()).isEqualTo(0xFF);
        assertThat(armor.read()).isEqualTo(1);
        assertThat(armor.read()).isEqualTo(-1);
    }

    @Test
    void tellsArmorFromABinaryFileAndLeavesTheStreamWhereItIs() throws IOException {
        BufferedInputStream armored = stream("  \n" + armored(new byte[3]));

        assertThat(Armor.isAhead(armored)).isTrue();
        assertThat(new Armor(armored).readAllBytes()).hasSize(3);
        assertThat(Armor.isAhead(stream("age-encryption.org/v1\n"))).isFalse();
        assertThat(Armor.isAhead(stream(""))).isFalse();
        assertThat(Armor.isAhead(stream(" ".repeat(100_000)))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                BEGIN,
                BEGIN + "AAAA",
                BEGIN + "AAAA\n",
                BEGIN + "AAAA\n-----END\n",
                BEGIN + "AAAA\nAAAA\n" + END,
                BEGIN + "AAA\n" + END,
                BEGIN + "AB==\n" + END,
                BEGIN + "A-_A\n" + END,
                BEGIN + "\n" + END,
                BEGIN + " AAAA\n" + END,
                BEGIN + "AAAA\n" + END + "x",
                "x" + BEGIN + "AAAA\n" + END,
                "-----BEGIN PGP MESSAGE-----\nAAAA\n-----END PGP MESSAGE-----\n",
            })
    void refusesWhatIsNotStrict(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(Refusal.Code.BAD_SEAL));
    }

    @Test
    void refusesALineWithoutEndBeforeItFillsTheMemory() {
        assertThatThrownBy(() -> read(BEGIN + "A".repeat(10_000_000))).isInstanceOf(Refusal.class);
    }

    @Test
    void readsEveryMutationAsItWasOrRefusesIt() {
        byte[] content = Samples.content(500);
        String armored = armored(content);
        Random random = new Random(64);
        for (int round = 0; round < 5_000; round++) {
            StringBuilder mutated = new StringBuilder(armored);
            int at = random.nextInt(armored.length());
            switch (random.nextInt(3)) {
                case 0 -> mutated.deleteCharAt(at);
                case 1 -> mutated.insert(at, (char) random.nextInt(256));
                default -> mutated.setCharAt(at, (char) random.nextInt(256));
            }
            Throwable failure = catchThrowable(() -> read(mutated.toString()));
            if (failure != null) {
                assertThat(failure).isInstanceOf(Refusal.class);
            }
        }
    }
}
