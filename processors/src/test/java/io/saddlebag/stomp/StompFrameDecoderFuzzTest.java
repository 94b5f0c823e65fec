package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.saddlebag.message.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged frames, cut up at random: each is read or refused, never anything else. Seeded, so that a failure repeats. */
class StompFrameDecoderFuzzTest {
    private static final int ROUNDS = 40_000;
    private static final StompLimits LIMITS = new StompLimits(4096, 1024, 8);
    private static final byte[] ODD = {0, '\n', '\r', ':', '\\', ' ', (byte) 0xff, (byte) 0xc3, '9', 'c', 'n'};

    private static final List<byte[]> SEEDS = List.of(
            Frames.bytes("CONNECT\naccept-version:1.2\nhost:x\nheart-beat:0,0\n\n\0"),
            Frames.bytes("SEND\ndestination:/exchange/labs\npart:1/2\ncontent-length:10\n\n0123456789\0\n"),
            Frames.bytes("SEND\nrouting_key:a,b\n\nno length\0\nACK\nid:1\\c2\n\n\0"),
            Frames.bytes("\r\n\nSUBSCRIBE\r\nid:0\r\nack:client-individual\r\n\r\n\0"),
            Frames.bytes("MESSAGE\nmessage-id:\u00e9\\\\\ncontent-length:0\n\n\0ERROR\nmessage:x\n\nwhy\0"));

    @Test
    void readsOrRefuses() {
        Random random = new Random(20251008);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] input = mutated(random);
            try {
                for (StompFrame frame : Frames.decode(LIMITS, cut(random, input))) {
                    read++;
                    assertThat(frame.body().length).isLessThanOrEqualTo(LIMITS.maxFrameBytes());
                    assertThat(frame.headers()).hasSizeLessThanOrEqualTo(LIMITS.maxHeaders());
                    againTheSame(frame);
                }
            } catch (Refusal refusal) {
                refused++;
            } catch (RuntimeException e) {
                fail("round " + round + ", input " + Arrays.toString(input), e);
            }
        }
        assertThat(read).isGreaterThan(ROUNDS / 10);
        assertThat(refused).isGreaterThan(ROUNDS / 10);
    }

    /** Whatever was read can be written, and reads back the same. */
    private static void againTheSame(StompFrame frame) {
        StompFrame back =
                Frames.decode(StompLimits.DEFAULT, Frames.encode(frame)).get(0);
        assertThat(back.command()).isEqualTo(frame.command());
        assertThat(back.body()).isEqualTo(frame.body());
        frame.headers().forEach((name, value) -> {
            if (!name.equals(Headers.CONTENT_LENGTH)) {
                assertThat(back.header(name)).isEqualTo(value);
            }
        });
    }

    private static byte[] mutated(Random random) {
        byte[] input = SEEDS.get(random.nextInt(SEEDS.size())).clone();
        int changes = random.nextInt(4);
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

    private static byte[][] cut(Random random, byte[] input) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        while (from < input.length) {
            int to = Math.min(input.length, from + 1 + random.nextInt(40));
            pieces.add(Arrays.copyOfRange(input, from, to));
            from = to;
        }
        return pieces.toArray(byte[][]::new);
    }
}
