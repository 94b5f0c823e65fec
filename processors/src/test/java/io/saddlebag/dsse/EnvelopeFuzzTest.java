package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Envelopes, the first thing that is read of whatever a site signed. */
class EnvelopeFuzzTest extends FuzzTarget {
    @Override
    public List<byte[]> seeds() {
        byte[] envelope = new Envelope(
                        "application/x", new byte[] {'{', '}'}, Sha256.of(new byte[0]), new byte[64], new byte[9])
                .write();
        String text = new String(envelope, StandardCharsets.UTF_8);
        return List.of(envelope, text.replace("}]", ",\"more\":[{}]}]").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean read(byte[] input) {
        Envelope envelope;
        try {
            envelope = Envelope.parse(input);
        } catch (Refusal e) {
            return false;
        }
        Envelope back = Envelope.parse(envelope.write());
        assertThat(back.payload()).isEqualTo(envelope.payload());
        assertThat(back.signature()).isEqualTo(envelope.signature());
        assertThat(back.payloadType()).isEqualTo(envelope.payloadType());
        return true;
    }
}
