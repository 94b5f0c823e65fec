package io.saddlebag.rc.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Sha256;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RcJournalSchemaTest {
    /** A journal of 1.0.0 has these tables. A change is a script of its own, which takes them over. */
    @Test
    void keepsTheScriptOfTheFirstRelease() {
        assertThat(Sha256.of(String.join(";", RcJournalSchema.SCRIPTS.get(0)).getBytes(StandardCharsets.UTF_8)))
                .hasToString("2edb312253353b15b864ba998442f2358624fb9f0551c70a054edca49cd585b9");
    }
}
