package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Sha256;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LabJournalSchemaTest {
    /** A journal of 1.0.0 has these tables. A change is a script of its own, which takes them over. */
    @Test
    void keepsTheScriptOfTheFirstRelease() {
        assertThat(Sha256.of(String.join(";", LabJournalSchema.SCRIPTS.get(0)).getBytes(StandardCharsets.UTF_8)))
                .hasToString("ea41629de9929050bc7a44371ec8c2d1a98386174a7d6274a74c495b0c26b349");
    }
}
