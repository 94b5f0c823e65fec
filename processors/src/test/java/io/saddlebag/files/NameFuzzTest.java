package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names that people and other sites give: of files, of messages, of sites. */
class NameFuzzTest extends FuzzTarget {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @Override
    public List<byte[]> seeds() {
        return List.of(
                bytes("FL-LAB_DAT_20251008_001.csv"),
                bytes("FL-LAB_DAT_20251008_001_r2.fastq.gz"),
                bytes("FL-LAB"),
                bytes("\u00e9chantillon 7 (b).csv"),
                bytes(".hidden.ready"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean read(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        assertThat(Printable.of(text).chars()).allMatch(each -> each >= ' ');
        boolean read = isRead(() -> assertThat(SiteId.of(text).value()).matches("[A-Z][A-Z0-9-]{1,31}"));
        read |= isRead(() -> assertThat(MessageId.of(text).value()).matches("[A-Z0-9_-]+(_r[0-9]+)?"));
        read |= isRead(() ->
                assertThat(DroppedName.judge(text, LAB).messageId().sender()).isEqualTo(LAB));
        read |= isRead(() -> {
            DroppedName.judgeAny(text, LAB);
            assertThat(text).doesNotContain("/", "\\", "\0", "\n").isNotIn(".", "..");
        });
        read |= isRead(() -> {
            PortableName.require(text);
            assertThat(text).doesNotContain("/", "\\", "\0", "\n").isNotIn(".", "..");
        });
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
