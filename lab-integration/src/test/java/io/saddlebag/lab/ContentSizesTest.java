package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.Sha256;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.SenderBinding;
import io.saddlebag.testing.TestNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the drop folder to headquarters: at each size where a chunk of the seal or a part ends, all at once. */
class ContentSizesTest {
    private static final int CHUNK = 64 * 1024;

    @TempDir
    private Path folder;

    @Test
    void sealsEachSizeAsItWasDropped() throws Exception {
        TestNetwork network = TestNetwork.create(folder.resolve("network"));
        TestLab home = new TestLab(network, folder.resolve("fl-lab"));
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
        try (TestHeadquarters hq = new TestHeadquarters(network)) {
            AgeIdentity key = hq.register("CA-RC", 1);
            hq.register("SF-RC", 1);
            hq.listen();
            for (Map.Entry<String, byte[]> file : dropped.entrySet()) {
                home.drop(file.getKey(), file.getValue());
            }
            LabApplication lab = home.start(hq.port());
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> home.sent().size() == dropped.size());
            } finally {
                lab.close();
            }
            assertThat(hq.confirmed()).hasSize(dropped.size());
            for (Upload upload : hq.confirmed()) {
                ByteArrayOutputStream opened = new ByteArrayOutputStream();
                Message message = open(upload, key, opened);
                assertThat(Sha256.of(opened.toByteArray())).isEqualTo(Sha256.of(dropped.get(message.fileName())));
            }
        }
    }

    private static Message open(Upload upload, AgeIdentity key, ByteArrayOutputStream opened) throws Exception {
        Manifest manifest = upload.manifest();
        return new MessageOpener(CryptoProviders.choose())
                .open(
                        new ByteArrayInputStream(upload.sealed()),
                        List.of(key),
                        new SenderBinding(
                                manifest.networkId(),
                                manifest.messageId(),
                                TestLab.SITE,
                                manifest.sender().fingerprint()),
                        opened::write);
    }
}
