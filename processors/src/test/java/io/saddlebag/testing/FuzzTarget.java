package io.saddlebag.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A reader of bytes from outside, which reads or refuses and never does anything else. As a test it gets damaged seeds, the
 * same each time; {@link FuzzDriver} lets Jazzer look for inputs that reach further.
 */
public abstract class FuzzTarget {
    private static final int ROUNDS = 10_000;
    private static final int MOST_CHANGES = 4;
    private static final byte[] ODD = {
        0, '\n', '\r', ':', '\\', ' ', (byte) 0xff, (byte) 0xc3, '9', 'c', '"', '{', '/', '.'
    };

    /** Inputs that are read, or nearly. */
    public abstract List<byte[]> seeds() throws Exception;

    /**
     * Hands an input to the reader, and checks what must hold of what was read. The array may be changed.
     *
     * @return false when it was refused as it should be
     * @throws Exception when the reader is at fault
     */
    public abstract boolean read(byte[] input) throws Exception;

    @Test
    final void readsOrRefusesDamagedSeeds() throws Exception {
        Random random = new Random(20251008);
        List<byte[]> seeds = seeds();
        int read = 0;
        for (byte[] seed : seeds) {
            read += read(seed.clone()) ? 1 : 0;
        }
        assertThat(read).as("seeds that are read").isPositive();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] input = damaged(seeds.get(random.nextInt(seeds.size())).clone(), random);
            try {
                refused += read(input.clone()) ? 0 : 1;
            } catch (Exception | AssertionError | StackOverflowError e) {
                fail("round " + round + ", input " + HexFormat.of().formatHex(input), e);
            }
        }
        assertThat(refused).as("damaged seeds that are refused").isBetween(ROUNDS / 20, ROUNDS - 1);
    }

    private static byte[] damaged(byte[] seed, Random random) {
        byte[] input = seed;
        int changes = random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes && input.length > 1; i++) {
            int at = random.nextInt(input.length);
            switch (random.nextInt(5)) {
                case 0 -> input[at] = (byte) random.nextInt(256);
                case 1 -> input[at] = ODD[random.nextInt(ODD.length)];
                case 2 -> input = without(input, at, 1 + random.nextInt(Math.min(8, input.length - at)));
                case 3 -> input = doubled(input, at, random.nextInt(Math.min(200, input.length - at)));
                default -> input = Arrays.copyOf(input, at + 1);
            }
        }
        return input;
    }

    private static byte[] without(byte[] input, int at, int length) {
        byte[] shorter = Arrays.copyOf(input, input.length - length);
        System.arraycopy(input, at + length, shorter, at, input.length - at - length);
        return shorter;
    }

    private static byte[] doubled(byte[] input, int at, int length) {
        byte[] longer = Arrays.copyOf(input, input.length + length);
        System.arraycopy(input, at, longer, at + length, input.length - at);
        return longer;
    }
}
