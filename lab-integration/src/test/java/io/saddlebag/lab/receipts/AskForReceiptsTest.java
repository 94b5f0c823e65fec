package io.saddlebag.lab.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.ReceiptedBatch;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The questions, page by page, from a real journal; the answers come immediately. */
class AskForReceiptsTest {
    @TempDir
    Path folder;

    private final List<StompFrame> asked = new ArrayList<>();
    private CompletableFuture<StompFrame> answer = CompletableFuture.completedFuture(
            StompFrame.of(StompCommand.RECEIPT).build());
    private LabJournal journal;
    private ReceiptedMessages messages;
    private AskForReceipts asking;

    @BeforeEach
    void openAJournal() {
        journal = LabJournal.open(folder.resolve("lab.db"));
        messages = new ReceiptedMessages(journal);
        asking = new AskForReceipts(
                TestLab.SITE,
                messages,
                frame -> {
                    asked.add(frame);
                    return answer;
                },
                Runnable::run);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private void sent(int count) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("lab.db"));
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO message (message_id, route_id, file_name, content_type, recipients,"
                                + " sent_timestamp, state, size, drop_folder, modified, manifest_sha256, receipt_secret)"
                                + " VALUES (?, 'r', 'f', 'text/csv', 'CA-RC', '2025-10-08T09:00:00Z', 'SENT', 7, 'drop',"
                                + " '2025-10-08T08:59:00Z', '', zeroblob(32))")) {
            connection.setAutoCommit(false);
            for (int i = 1; i <= count; i++) {
                insert.setString(1, "FL-LAB_DAT_20251008_%04d".formatted(i));
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        }
    }

    /** How many messages each question was about. */
    private List<Integer> questions() {
        List<Integer> sizes = asked.stream()
                .filter(frame -> frame.command() == StompCommand.SEND)
                .map(frame -> Json.read(frame.body(), MessageId[].class).length)
                .toList();
        asked.clear();
        return sizes;
    }

    @Test
    void asksForEverythingOnAConnectionAndOnlyForWhatIsLacking() throws Exception {
        sent(250);
        asking.connected();

        assertThat(asked.get(0).header("destination")).isEqualTo("/receipts/FL-LAB");
        assertThat(questions()).containsExactly(100, 100, 50);
        ReceiptedBatch received = new ReceiptedBatch();
        LongStream.rangeClosed(1, 240).forEach(received::complete);
        messages.receipted(received, Instant.now());
        asking.connected();
        assertThat(questions()).containsExactly(10);
    }

    @Test
    void asksForSomeMoreFromTimeToTimeAndBeginsAnewAtTheEnd() throws Exception {
        sent(2150);
        asking.process(null);
        assertThat(questions()).hasSize(20).allMatch(size -> size == 100);
        asking.process(null);
        assertThat(questions()).containsExactly(100, 50);
        asking.process(null);
        assertThat(questions()).hasSize(20);
    }

    @Test
    void goesOnAfterARefusalTheNextTime() throws Exception {
        sent(3);
        answer = CompletableFuture.failedFuture(new Refusal(Refusal.Code.NOT_PERMITTED, "not now"));
        asking.connected();
        assertThat(questions()).isEmpty();

        answer = CompletableFuture.completedFuture(
                StompFrame.of(StompCommand.RECEIPT).build());
        asking.process(null);
        assertThat(questions()).containsExactly(3);
    }
}
