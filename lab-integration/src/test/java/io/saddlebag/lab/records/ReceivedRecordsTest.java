package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.Message.Ended;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedRecordsTest {
    private static final SiteId CENTRE = TestRecords.CENTRE;
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final Sha256 DIGEST = Sha256.of(new byte[0]);

    @TempDir
    private Path home;

    private final Map<Integer, OutgoingMessage> messages = new HashMap<>();
    private TestRecords records;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
    }

    @AfterEach
    void close() {
        records.close();
    }

    private ReceivedRecords received() {
        return records.journal().received();
    }

    private void seal(int count) throws IOException {
        for (int number = 1; number <= count; number++) {
            MessageId id = MessageId.of("FL-LAB_DAT_20251008_00" + number);
            OutgoingMessage message =
                    records.claimed(id, id + ".csv", "text/csv", "it").digested(ContentDigest.of(new byte[] {1}));
            byte[] manifest = records.journal()
                    .sealed(
                            message,
                            null,
                            places -> Json.write(new Manifest(
                                    DIGEST,
                                    id,
                                    NOW,
                                    null,
                                    new Manifest.Sender(id.sender(), DIGEST),
                                    List.of(new Manifest.Recipient(
                                            CENTRE,
                                            "k",
                                            places.get(CENTRE).seq(),
                                            places.get(CENTRE).prev())),
                                    new Manifest.Routing("labs", List.of("ca_rc")),
                                    new Manifest.Body(Manifest.Body.AGE, 1, DIGEST),
                                    1)))
                    .join();
            messages.put(number, message.sealed(manifest));
        }
    }

    private void fail(int number, String code) {
        records.journal().failed(messages.get(number), code, "why", NOW);
    }

    /** A receipt of one message; the batch waits for its commit, as a message is complete. */
    private void receipt(long seq, long highest, long complete) {
        ReceiptedBatch batch = new ReceiptedBatch();
        batch.receipt(CENTRE, seq, highest, complete);
        batch.complete(seq);
        records.journal().received().receipted(batch, NOW);
    }

    @Test
    void knowsWhichMessagesLaterOnesOvertook() throws Exception {
        seal(5);
        receipt(1, 1, 1);
        receipt(4, 4, 1);
        assertThat(received().overtaken(NOW.minusSeconds(1))).isEmpty();
        assertThat(received().overtaken(NOW)).containsExactly(new Gap(CENTRE, 2, 3));

        receipt(2, 4, 2);
        receipt(2, 4, 2);
        assertThat(received().overtaken(NOW)).containsExactly(new Gap(CENTRE, 3, 3));
        receipt(3, 4, 4);
        assertThat(received().overtaken(NOW)).isEmpty();
    }

    @Test
    void believesTheRecipientThatItHasLaterOnesAndNoneThatWereNeverSent() throws Exception {
        seal(4);
        receipt(1, 5, 1);
        receipt(1, Manifest.MAX_SEQ, 1);
        assertThat(received().overtaken(NOW)).isEmpty();

        receipt(1, 3, 1);
        assertThat(received().overtaken(NOW)).containsExactly(new Gap(CENTRE, 2, 3));
    }

    @Test
    void takesTheReceiptsOfAFrameInAnyOrder() throws Exception {
        seal(5);
        ReceiptedBatch batch = new ReceiptedBatch();
        batch.receipt(CENTRE, 3, 3, 0);
        batch.receipt(CENTRE, 1, 4, 0);
        batch.receipt(CENTRE, 2, 2, 0);
        batch.complete(1);
        records.journal().received().receipted(batch, NOW);

        assertThat(received().overtaken(NOW)).containsExactly(new Gap(CENTRE, 4, 4));
    }

    @Test
    void tellsOfAFailedMessageUntilItsRecipientMissesNothingUpToThere() throws Exception {
        seal(3);
        fail(2, "expired");
        receipt(1, 1, 1);
        assertThat(received().ended(List.of(CENTRE))).containsExactly(new Ended(CENTRE, 2, Ended.FAILED));
        assertThat(received().ended(List.of(SiteId.of("NY-RC")))).isNull();

        records.close();
        open();
        receipt(3, 3, 1);
        assertThat(received().ended(List.of(CENTRE))).containsExactly(new Ended(CENTRE, 2, Ended.FAILED));
        receipt(3, 3, 3);
        assertThat(received().ended(List.of(CENTRE))).isNull();
    }

    @Test
    void tellsOfAPlaceThatIsGivenToNoOtherMessage() throws Exception {
        seal(3);
        fail(3, "conflict");
        assertThat(received().ended(List.of(CENTRE))).isNull();

        fail(1, "conflict");
        assertThat(received().ended(List.of(CENTRE))).containsExactly(new Ended(CENTRE, 1, Ended.FAILED));

        fail(2, "conflict");
        assertThat(received().ended(List.of(CENTRE))).isNull();
    }

    @Test
    void tellsTheFirstOfMany() throws Exception {
        ReceiptedBatch batch = new ReceiptedBatch();
        LongStream.rangeClosed(1, 100).forEach(seq -> {
            batch.ended(new Ended(CENTRE, seq, "expired"));
            batch.ended(new Ended(SiteId.of("NY-RC"), seq, "expired"));
        });
        batch.complete(1);
        records.journal().received().receipted(batch, NOW);

        assertThat(received().ended(List.of(CENTRE, SiteId.of("NY-RC"))))
                .hasSize(Message.MAX_ENDED)
                .startsWith(new Ended(CENTRE, 1, "expired"));
    }

    @Test
    void missesNoMoreWhatEndedOrAnOperatorAccepts() throws Exception {
        seal(6);
        receipt(6, 6, 0);
        ReceiptedBatch batch = new ReceiptedBatch();
        batch.ended(new Ended(CENTRE, 2, "dead-lettered"));
        batch.complete(6);
        records.journal().received().receipted(batch, NOW);

        assertThat(received().accept(new Gap(CENTRE, 4, 9))).isEqualTo(2);
        assertThat(received().overtaken(NOW)).containsExactly(new Gap(CENTRE, 1, 1), new Gap(CENTRE, 3, 3));
    }
}
