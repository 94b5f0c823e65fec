package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Refusal;
import io.saddlebag.testing.FuzzTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Frames, cut up as the network may cut them. */
class FrameFuzzTest extends FuzzTarget {
    private static final StompLimits LIMITS = new StompLimits(4096, 1024, 8);

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Frames.bytes("CONNECT\naccept-version:1.2\nhost:x\nheart-beat:0,0\n\n\0"),
                Frames.bytes("SEND\ndestination:/exchange/labs\npart:1/2\ncontent-length:10\n\n0123456789\0\n"),
                Frames.bytes("SEND\nrouting_key:a,b\n\nno length\0\nACK\nid:1\\c2\n\n\0"),
                Frames.bytes("\r\n\nSUBSCRIBE\r\nid:0\r\nack:client-individual\r\n\r\n\0"),
                Frames.bytes("MESSAGE\nmessage-id:\u00e9\\\\\ncontent-length:0\n\n\0ERROR\nmessage:x\n\nwhy\0"));
    }

    @Override
    public boolean read(byte[] input) {
        try {
            for (StompFrame frame : Frames.decode(LIMITS, cut(input))) {
                assertThat(frame.body().length).isLessThanOrEqualTo(LIMITS.maxFrameBytes());
                assertThat(frame.headers().size()).isLessThanOrEqualTo(LIMITS.maxHeaders());
                againTheSame(frame);
            }
            return true;
        } catch (Refusal refusal) {
            return false;
        }
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

    private static byte[][] cut(byte[] input) {
        List<byte[]> pieces = new ArrayList<>();
        int piece = 1 + (Arrays.hashCode(input) & 31);
        for (int from = 0; from < input.length; from += piece) {
            pieces.add(Arrays.copyOfRange(input, from, Math.min(input.length, from + piece)));
        }
        return pieces.toArray(byte[][]::new);
    }
}
