package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Hl7CheckTest {
    private static final String MESSAGE =
            "MSH|^~\\&|LAB|A|RC|B|20251008||ORU^R01^ORU_R01|M1|P|2.5.1\rPID|1||P1\rOBX|1|NM|x||1\r";
    private static final String BATCH =
            "FHS|^~\\&\rBHS|^~\\&\r" + MESSAGE + MESSAGE.replace("M1", "M2") + "BTS|2\rFTS|1\r";

    @TempDir
    private Path work;

    private List<String> faults(String options, String content) throws IOException {
        return Checked.faults("- {kind: hl7" + options + "}", "x.hl7", content.getBytes(), work);
    }

    private List<String> faults(String content) throws IOException {
        return faults("", content);
    }

    @Test
    void takesMessagesAndBatches() throws IOException {
        assertThat(faults(MESSAGE)).isEmpty();
        assertThat(faults(MESSAGE.replace("\r", "\r\n"))).isEmpty();
        assertThat(faults(MESSAGE.replace("\r", "\n").strip())).isEmpty();
        assertThat(faults(BATCH)).isEmpty();
        assertThat(faults("BHS|^~\\&\r" + MESSAGE + "BTS|1\r")).isEmpty();
        assertThat(faults(", batch: required, message-types: 'ORU^R01', versions: 2.5.1", BATCH))
                .isEmpty();
    }

    @Test
    void judgesTheHeaderOfEachMessage() throws IOException {
        assertThat(faults(MESSAGE + MESSAGE))
                .containsExactly(
                        "row 4, column 10: expected a message control id that no message has before; row 1 has it");
        assertThat(faults(", unique-ids: false", MESSAGE + MESSAGE)).isEmpty();
        assertThat(faults(MESSAGE.replace("|M1|", "||")))
                .containsExactly("row 1, column 10: expected a message control id");
        assertThat(faults(MESSAGE.replace("2.5.1", "3")))
                .containsExactly("row 1, column 12: expected a version such as 2.5.1");
        assertThat(faults(", message-types: [ADT^A01], versions: ['2.3']", MESSAGE))
                .containsExactly(
                        "row 1, column 9: expected a type of message of [ADT^A01]",
                        "row 1, column 12: expected a version of [2.3]");
        assertThat(faults(MESSAGE.replace("^~\\&", "^^\\&")))
                .contains("row 1, column 2: expected the separator of fields and four encoding characters, such as"
                        + " |^~\\&");
    }

    @Test
    void judgesSegmentsAndCounts() throws IOException {
        assertThat(faults(MESSAGE.replace("PID|", "PID,")))
                .containsExactly("row 2: expected the field separator behind the name of the segment");
        assertThat(faults(MESSAGE.replace("OBX", "obx")))
                .containsExactly("row 3: expected a segment that begins with three capital letters or digits");
        assertThat(faults(BATCH.replace("BTS|2", "BTS|3")))
                .containsExactly("row 9, column 1: expected the number of messages in the batch, 2");
        assertThat(faults(BATCH.replace("FTS|1", "FTS|2")))
                .containsExactly("row 10, column 1: expected the number of batches in the file, 1");
        assertThat(faults(BATCH.replace("BTS|2\r", ""))).contains("expected BTS at the end of the batch");
        assertThat(faults(BATCH + MESSAGE))
                .contains("row 11: expected nothing behind FTS, or behind BTS where no FHS is");
        assertThat(faults(", batch: required", MESSAGE)).containsExactly("expected a batch, from BHS to BTS");
        assertThat(faults("")).containsExactly("expected at least one message, found none");
        assertThat(faults("BHS|^~\\&\rPID|1\rBTS|0\r"))
                .containsExactly(
                        "row 2: expected MSH before any other segment of a message",
                        "expected at least one message, found none");
    }
}
