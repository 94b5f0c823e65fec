package io.saddlebag.lab.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.MessageId;
import org.junit.jupiter.api.Test;

class OutgoingMessageTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @Test
    void namesTheFileWhereTheIdDoesNot() {
        assertThat(OutgoingMessage.named(ID, ID + ".csv")).isEqualTo("FL-LAB_DAT_20251008_001");
        assertThat(OutgoingMessage.named(ID, "run7.bam")).isEqualTo("FL-LAB_DAT_20251008_001 (run7.bam)");
        assertThat(OutgoingMessage.named(ID, "run\n7.bam")).isEqualTo("FL-LAB_DAT_20251008_001 (run\\u000A7.bam)");
    }
}
