package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.Sha256;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** From the drop folder to headquarters: at each size where a chunk of the seal or a part ends, all together. */
class ContentSizesTest extends LabFixture {
    private static final int CHUNK = 64 * 1024;

    @Test
    void sealsEachSizeAsItWasDropped() throws Exception {
        Map<String, byte[]> dropped = new TreeMap<>();
        int number = 0;
        for (int size : List.of(
                0,
                1,
                CHUNK - 1,
                CHUNK,
                CHUNK + 1,
                Manifest.PART_SIZE - 1,
                Manifest.PART_SIZE,
                Manifest.PART_SIZE + 1)) {
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            number++;
            dropped.put("FL-LAB_DAT_20251008_%03d.bin".formatted(number), content);
        }
        hq.listen();
        for (Map.Entry<String, byte[]> file : dropped.entrySet()) {
            home.drop(file.getKey(), file.getValue());
        }
        lab = home.start(hq.port());
        await().atMost(Duration.ofSeconds(60)).until(() -> home.sent().size() == dropped.size());
        assertThat(hq.confirmed()).hasSize(dropped.size());
        for (Upload upload : hq.confirmed()) {
            ByteArrayOutputStream opened = new ByteArrayOutputStream();
            Message message = open(upload, opened);
            assertThat(Sha256.of(opened.toByteArray())).isEqualTo(Sha256.of(dropped.get(message.fileName())));
        }
    }
}
