package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderChainTest {
    @TempDir
    private Path folder;

    private RcJournal journal;

    @BeforeEach
    void open() throws Exception {
        journal = RcJournal.open(folder.resolve("rc.db"));
    }

    @AfterEach
    void close() throws Exception {
        journal.close();
    }

    @Test
    void findsNoFaultInOrderOrOutOfIt() {
        for (int number : new int[] {2, 1, 4, 3, 9}) {
            assertThat(publish(RcJournalTest.delivery(number))).isEmpty();
        }
    }

    @Test
    void namesAManifestThatDoesNotFollowTheOneBefore() {
        publish(RcJournalTest.delivery(1));
        JournalledDelivery second = RcJournalTest.delivery(2);
        Sha256 other = Sha256.of(new byte[0]);

        assertThat(publish(changed(second, second.messageId(), second.manifestSha256(), 2, other)))
                .singleElement()
                .asString()
                .contains("FL-LAB_DAT_20251008_001", second.prev().hex(), other.hex());
    }

    @Test
    void namesAManifestThatIsNotTheOneBeforeTheNext() {
        publish(RcJournalTest.delivery(2));
        JournalledDelivery first = RcJournalTest.delivery(1);

        assertThat(publish(changed(first, first.messageId(), Sha256.of(new byte[0]), 1, null)))
                .singleElement()
                .asString()
                .contains("FL-LAB_DAT_20251008_002", first.manifestSha256().hex());
    }

    @Test
    void namesAnotherMessageUnderTheSameCount() {
        JournalledDelivery first = RcJournalTest.delivery(1);
        publish(first);

        assertThat(publish(changed(first, MessageId.of("FL-LAB_DAT_20251008_777"), Sha256.of(new byte[0]), 1, null)))
                .singleElement()
                .asString()
                .contains("seq 1", "FL-LAB_DAT_20251008_001");
    }

    @Test
    void knowsTheNewestAgainAfterARestart() throws Exception {
        publish(RcJournalTest.delivery(1));
        journal.close();
        journal = RcJournal.open(folder.resolve("rc.db"));
        JournalledDelivery second = RcJournalTest.delivery(2);

        assertThat(publish(changed(second, second.messageId(), second.manifestSha256(), 2, Sha256.of(new byte[0]))))
                .hasSize(1);
        assertThat(publish(RcJournalTest.delivery(3))).isEmpty();
    }

    private List<String> publish(JournalledDelivery delivery) {
        return journal.publish(List.of(delivery)).get(0).faults();
    }

    private static JournalledDelivery changed(
            JournalledDelivery delivery, MessageId messageId, Sha256 manifestSha256, long seq, Sha256 prev) {
        return new JournalledDelivery(
                delivery.senderId(),
                messageId,
                delivery.queueName(),
                manifestSha256,
                seq,
                prev,
                delivery.contentSha256(),
                delivery.contentSize(),
                delivery.receivedTime(),
                delivery.receipt());
    }
}
