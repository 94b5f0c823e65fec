package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SenderBindingTest {
    private static final Sha256 ZEROS = Sha256.ofDigest(new byte[32]);

    /** Computed with python3: hashlib and base64, from the words of docs/formats.md. */
    @Test
    void hasTheArgumentThatTheFormatPageTells() {
        SenderBinding binding =
                new SenderBinding(ZEROS, MessageId.of("FL-LAB_DAT_20251008_001"), SiteId.of("FL-LAB"), ZEROS);

        assertThat(binding.stanzaArgument()).isEqualTo("hnpT3+B/lEmXENJQwF2OXZOvjYMsZOhtY2IWgj5CI/w");
    }

    @Test
    void isAnArgumentThatAgeTakes() {
        assertThat(Samples.BINDING.stanzaArgument()).hasSize(43).doesNotContain("=");
        assertThat(Base64.getDecoder().decode(Samples.BINDING.stanzaArgument())).hasSize(32);
    }
}
