package io.saddlebag.rc.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
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

    /** As of a laboratory that was restored after its ninth message and sent three others. */
    @Test
    void namesAForkOnceHoweverLongItGoesOn() throws Exception {
        for (int number = 1; number <= 12; number++) {
            publish(RcJournalTest.delivery(number));
        }
        JournalledDelivery tenth = other(10, RcJournalTest.delivery(9).manifestSha256());
        assertThat(publish(tenth))
                .singleElement()
                .asString()
                .contains(
                        "one place in its sequence",
                        tenth.messageId() + " (seq 10)",
                        RcJournalTest.delivery(10).messageId() + " (seq 10)");
        JournalledDelivery eleventh = other(11, tenth.manifestSha256());
        assertThat(publish(eleventh)).isEmpty();
        JournalledDelivery twelfth = other(12, eleventh.manifestSha256());
        assertThat(publish(twelfth)).isEmpty();
        assertThat(publish(other(13, twelfth.manifestSha256()))).isEmpty();
        assertThat(publish(tenth)).as("again").isEmpty();

        assertThat(forks()).containsExactly("10 10 0", "11 11 1", "12 12 1");
        assertThat(journal.published(tenth.senderId(), tenth.messageId())).isPresent();
        assertThat(journal.published(tenth.senderId(), twelfth.messageId())).isPresent();
    }

    @Test
    void namesAForkOnceWhenItsMessagesComeMixed() throws Exception {
        publish(RcJournalTest.delivery(1));
        JournalledDelivery second = other(2, RcJournalTest.delivery(1).manifestSha256());
        JournalledDelivery third = other(3, second.manifestSha256());
        assertThat(publish(third)).isEmpty();
        assertThat(publish(second)).isEmpty();
        assertThat(publish(RcJournalTest.delivery(3))).hasSize(1);
        assertThat(publish(RcJournalTest.delivery(2))).isEmpty();

        assertThat(forks()).containsExactly("2 2 1", "3 3 0");
    }

    @Test
    void namesTwoMessagesThatFollowTheSameManifest() throws Exception {
        publish(RcJournalTest.delivery(1));
        publish(RcJournalTest.delivery(2));
        JournalledDelivery fourth = other(4, RcJournalTest.delivery(1).manifestSha256());

        assertThat(publish(fourth))
                .singleElement()
                .asString()
                .contains(
                        "follow the same manifest " + fourth.prev(),
                        RcJournalTest.delivery(2).messageId() + " (seq 2)",
                        fourth.messageId() + " (seq 4)");
        assertThat(forks()).containsExactly("4 2 0");
    }

    private List<String> forks() throws Exception {
        List<String> forks = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rc.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT seq, other_seq, is_continued FROM fork ORDER BY seq")) {
            while (row.next()) {
                forks.add(row.getLong(1) + " " + row.getLong(2) + " " + row.getInt(3));
            }
        }
        return forks;
    }

    private static JournalledDelivery other(int seq, Sha256 prev) {
        return changed(
                RcJournalTest.delivery(seq),
                MessageId.of("FL-LAB_DAT_20251008_%d".formatted(700 + seq)),
                Sha256.of(new byte[] {7, (byte) seq}),
                seq,
                prev);
    }

    private List<String> publish(JournalledDelivery delivery) {
        return journal.publish(List.of(delivery)).get(0).join();
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
                delivery.contentHmac(),
                delivery.receivedTime(),
                delivery.receipt(),
                null,
                List.of());
    }
}
