package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Refusal;
import io.saddlebag.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** The values of headers: escaped text, and the forms that have a meaning. */
class HeaderFuzzTest extends FuzzTarget {
    @Override
    public List<byte[]> seeds() {
        return List.of(
                Frames.bytes("1/3"),
                Frames.bytes("10000,0"),
                Frames.bytes("2025-10-08T09:00:00.123Z"),
                Frames.bytes("hq.example.org"),
                Frames.bytes("[2001:db8::7]"),
                Frames.bytes("a\\cb\\n\\\\ \u00e9"));
    }

    @Override
    public boolean read(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        boolean read = isRead(() -> HeaderText.decode(input, 0, input.length, true));
        read |= isRead(() -> {
            Part part = Part.of(text);
            assertThat(part.number()).isBetween(1, part.count());
        });
        read |= isRead(() -> HeartBeat.parse(text));
        read |= isRead(() -> HostName.of(text));
        PeerClock.of(text, Instant.EPOCH, Instant.EPOCH);
        return read;
    }

    private static boolean isRead(Runnable reader) {
        try {
            reader.run();
            return true;
        } catch (Refusal | IllegalArgumentException e) {
            return false;
        }
    }
}
