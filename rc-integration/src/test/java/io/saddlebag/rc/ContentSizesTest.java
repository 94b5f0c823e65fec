package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sealed, cut into parts, assembled, opened and published: at each size where a chunk, a part or a limit ends. */
class ContentSizesTest {
    private static final int CHUNK = 64 * 1024;

    @TempDir
    private static Path folder;

    private static Centre centre;
    private static int messages;

    @BeforeAll
    static void start() throws Exception {
        centre = new Centre(folder).start();
    }

    @AfterAll
    static void close() {
        centre.close();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                CHUNK - 1,
                CHUNK,
                CHUNK + 1,
                Manifest.PART_SIZE - 1,
                Manifest.PART_SIZE,
                Manifest.PART_SIZE + 1,
                2 * Manifest.PART_SIZE
            })
    void standsInTheOutboxAsItWasDropped(int size) throws Exception {
        arrives(size);
    }

    @Test
    void alsoWhenTheSealedMessageEndsWithAPart() throws Exception {
        int beside = arrives(Manifest.PART_SIZE / 2).sealed().length - Manifest.PART_SIZE / 2;
        // A chunk more or less has a tag more or less, so the size is felt for from near by.
        int size = Manifest.PART_SIZE - beside - 16 * 8;
        Letters.Letter letter = letter(size);
        for (int turn = 0; turn < 4 && letter.sealed().length != Manifest.PART_SIZE; turn++) {
            size += Manifest.PART_SIZE - letter.sealed().length;
            letter = letter(size);
        }

        assertThat(letter.sealed()).hasSize(Manifest.PART_SIZE);
        assertThat(arrives(size).sealed()).hasSize(Manifest.PART_SIZE);
        assertThat(arrives(size + 1).sealed()).hasSize(Manifest.PART_SIZE + 1);
    }

    private static Letters.Letter arrives(int size) throws Exception {
        Letters.Letter letter = letter(size);

        StompFrame ack = centre.deliver(letter);

        assertThat(ack.command()).as("%s", ack.headers()).isEqualTo(StompCommand.ACK);
        byte[] content = content(size);
        assertThat(centre.outbox(letter.messageId() + ".bin")).hasBinaryContent(content);
        StandardizedMessage facts = Json.read(
                Files.readAllBytes(centre.outbox(letter.messageId() + ".message.json")), StandardizedMessage.class);
        assertThat(facts.size()).isEqualTo(size);
        assertThat(facts.sha256()).isEqualTo(Sha256.of(content));
        assertThat(facts.contentEncoding().equals(StandardizedMessage.FILE)).isEqualTo(size > CHUNK);
        return letter;
    }

    private static Letters.Letter letter(int size) throws Exception {
        centre.letters.seq = ++messages;
        String id = "FL-LAB_DAT_20251008_%03d".formatted(messages);
        return centre.letters.letter(id, id + ".bin", content(size));
    }

    private static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }
}
