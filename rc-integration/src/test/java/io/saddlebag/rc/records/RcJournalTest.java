package io.saddlebag.rc.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Also of {@link RcJournalSchema}, {@link Placements} and {@link io.saddlebag.journal.MissingSeqs}, which it consists of. */
class RcJournalTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");

    @TempDir
    private Path folder;

    private Path file;
    private RcJournal journal;

    @BeforeEach
    void open() throws Exception {
        file = folder.resolve("rc.db");
        journal = RcJournal.open(file);
    }

    @AfterEach
    void close() throws Exception {
        journal.close();
    }

    @Test
    void keepsADeliveryAndItsReceiptAcrossARestart() throws Exception {
        publish(delivery(1));
        reopen();

        JournalledDelivery kept = journal.published(LAB, id(1)).orElseThrow();

        assertThat(kept).usingRecursiveComparison().isEqualTo(delivery(1));
        assertThat(journal.published(LAB, id(2))).isEmpty();
    }

    @Test
    void neverTakesBackWhatItSaidIsPublished() throws Exception {
        publish(delivery(1));

        journal.refuse(refused(1), "conflict: another manifest");

        assertThat(journal.published(LAB, id(1)).orElseThrow().receipt())
                .isEqualTo(delivery(1).receipt());
    }

    @Test
    void letsARefusedMessageComeAgain() throws Exception {
        journal.refuse(refused(1), "bad-digest: damaged");
        assertThat(journal.published(LAB, id(1))).isEmpty();

        publish(delivery(1));

        assertThat(journal.published(LAB, id(1))).isPresent();
    }

    @Test
    void looksForALinkOfTheChainAmongTheMessagesOfItsPlaceAlone() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("EXPLAIN QUERY PLAN " + SenderChain.LINK)) {
            plan.next();
            assertThat(plan.getString("detail")).contains("delivery_by_seq (sender_id=? AND seq=?)");
        }
    }

    @Test
    void notesAcknowledgementsWithTheNextCommitOrAtTheEnd() throws Exception {
        publish(delivery(1));
        publish(delivery(2));
        journal.acknowledge(LAB, id(1), NOW);
        assertThat(states()).containsExactly("PUBLISHED", "PUBLISHED");
        publish(delivery(3));
        assertThat(states()).containsExactly("ACKNOWLEDGED", "PUBLISHED", "PUBLISHED");
        journal.acknowledge(LAB, id(2), NOW);
        reopen();

        assertThat(states()).containsExactly("ACKNOWLEDGED", "ACKNOWLEDGED", "PUBLISHED");
        assertThat(journal.published(LAB, id(1))).isPresent();
    }

    @Test
    void forgetsAnAnnouncementOnceTheMessageIsPublished() throws Exception {
        announce(1);
        reopen();
        assertThat(journal.announced(id(1))).contains(placement(1));

        publish(delivery(1));

        assertThat(journal.announced(id(1))).isEmpty();
    }

    @Test
    void keepsAnAnnouncementWhenAnotherManifestIsRefused() throws Exception {
        announce(1);
        JournalledDelivery other = refused(2);

        journal.refuse(
                new JournalledDelivery(
                        LAB, id(1), "q", other.manifestSha256(), 2, null, null, 0, null, NOW, null, null, List.of()),
                "conflict: another manifest");

        assertThat(journal.announced(id(1))).isPresent();
    }

    /** Headquarters lost the second and third; the sender sends them again, behind the last that it has sent. */
    @Test
    void givesAMessageThatWasSentAgainItsNewPlace() throws Exception {
        for (int number = 1; number <= 3; number++) {
            publish(delivery(number));
        }

        for (JournalledDelivery again : List.of(sentAgain(2, 4, digest(3)), sentAgain(3, 5, digest(52)))) {
            assertThat(journal.publish(List.of(again)).get(0).join())
                    .as("faults in the chain")
                    .isEmpty();
        }

        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(5, 5));
        JournalledDelivery found = journal.published(LAB, id(2)).orElseThrow();
        assertThat(found.manifestSha256()).isEqualTo(digest(52));
        assertThat(found.seq()).isEqualTo(4);
        assertThat(found.receipt()).containsExactly(52);
        reopen();
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(5, 5));
        assertThat(journal.publish(List.of(sentAgain(6, 6, digest(53)))).get(0).join())
                .as("faults in the chain of the next")
                .isEmpty();
    }

    private static JournalledDelivery sentAgain(int number, long seq, Sha256 prev) {
        return new JournalledDelivery(
                LAB,
                id(number),
                "ca_rc_queue",
                digest(50 + number),
                seq,
                prev,
                digest(100 + number),
                number,
                digest(200 + number),
                NOW,
                new byte[] {(byte) (50 + number)},
                null,
                List.of());
    }

    @Test
    void saysNothingOfWhatIsOnlyOvertaken() throws Exception {
        publish(delivery(2));
        publish(delivery(1));
        publish(delivery(4));
        publish(delivery(3));

        assertThat(journal.newlyMissing(NOW.plusSeconds(1))).isEmpty();
    }

    @Test
    void reportsWhatDidNotComeInTimeOnceAndOnlyThat() throws Exception {
        publish(delivery(7));
        assertThat(journal.newlyMissing(NOW.minusSeconds(1))).isEmpty();
        publish(delivery(3));
        publish(delivery(1));
        journal.refuse(refused(6), "bad-digest: damaged");
        reopen();

        assertThat(journal.newlyMissing(NOW)).isEqualTo(List.of(new Gap(LAB, 2, 2), new Gap(LAB, 4, 5)));
        publish(delivery(4));
        assertThat(journal.newlyMissing(NOW.plusSeconds(9))).isEmpty();
    }

    @Test
    void takesWhatFollowsTheLargestCountOfAll() throws Exception {
        publish(delivery(1, Long.MAX_VALUE));
        publish(delivery(5));
        publish(delivery(6));

        assertThat(journal.newlyMissing(NOW)).containsExactly(new Gap(LAB, 1, 4), new Gap(LAB, 7, Long.MAX_VALUE - 1));
    }

    @Test
    void missesNothingBecauseOfAManifestThatItDidNotRecord() throws Exception {
        publish(delivery(1));
        journal.refuse(refused(1, 9), "conflict: another manifest");
        assertThat(journal.newlyMissing(NOW)).isEmpty();

        publish(delivery(3));

        assertThat(journal.newlyMissing(NOW)).containsExactly(new Gap(LAB, 2, 2));
    }

    @ParameterizedTest
    @CsvSource({"5, 9", "9, 5"})
    void knowsWhatIsMissingAfterARefusedMessageCameAgainWithALowerCount(int first, int second) throws Exception {
        publish(delivery(1));
        journal.refuse(refused(2, 6), "bad-digest: damaged");
        publish(delivery(2, 3));

        publish(delivery(first));
        publish(delivery(second));

        assertThat(journal.newlyMissing(NOW))
                .containsExactly(new Gap(LAB, 2, 2), new Gap(LAB, 4, 4), new Gap(LAB, 6, 8));
    }

    @Test
    void tellsWhatHasComeAndUpToWhereNothingIsMissing() throws Exception {
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(0, 0));
        publish(delivery(1));
        publish(delivery(2));
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(2, 2));

        publish(delivery(7));
        publish(delivery(5));
        journal.refuse(refused(6), "bad-digest: damaged");
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(7, 2));
        reopen();
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(7, 2));

        publish(delivery(3));
        publish(delivery(4));
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(7, 7));
    }

    @Test
    void tellsNothingOfAMessageThatWasNotRecorded() throws Exception {
        publish(delivery(1));
        JournalledDelivery broken = delivery(2, 2, null, List.of());
        assertThat(journal.publish(List.of(broken)).get(0)).isCompletedExceptionally();

        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(1, 1));
    }

    @Test
    void missesNoMoreWhatItsSenderEnded() throws Exception {
        publish(delivery(1));
        JournalledDelivery telling = delivery(
                6,
                6,
                "q",
                List.of(
                        new Message.Ended(CENTRE, 2, Message.Ended.FAILED),
                        new Message.Ended(CENTRE, 4, "dead-lettered"),
                        new Message.Ended(CENTRE, 1, "expired")));

        assertThat(journal.publish(List.of(telling)).get(0).join())
                .singleElement()
                .asString()
                .contains("missing seq 4 of FL-LAB does not come any more", "dead-lettered");
        assertThat(journal.newlyMissing(NOW)).containsExactly(new Gap(LAB, 3, 3), new Gap(LAB, 5, 5));
        publish(delivery(4));
        publish(delivery(3));
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(6, 4));
    }

    @Test
    void missesNoMoreWhatAnOperatorAccepts() throws Exception {
        publish(delivery(1));
        publish(delivery(9));

        assertThat(journal.acceptMissing(new Gap(LAB, 4, 12))).isEqualTo(5);
        assertThat(journal.acceptMissing(new Gap(LAB, 4, 12))).isZero();

        assertThat(journal.missing(NOW)).containsExactly(new Gap(LAB, 2, 3));
        assertThat(journal.acceptMissing(new Gap(LAB, 2, 2))).isEqualTo(1);
        assertThat(journal.acceptMissing(new Gap(LAB, 1, 9))).isEqualTo(1);
        assertThat(journal.received(LAB).complete()).isEqualTo(1);
        publish(delivery(8));
        assertThat(journal.received(LAB)).isEqualTo(new RcJournal.Received(9, 9));
    }

    @Test
    void countsEachSenderForItself() throws Exception {
        publish(delivery(1));
        MessageId other = MessageId.of("PA-LAB_DAT_20251008_001");
        publish(new JournalledDelivery(
                other.sender(),
                other,
                "q",
                digest(1),
                2,
                digest(0),
                digest(9),
                1,
                digest(8),
                NOW,
                new byte[] {1},
                null,
                List.of()));

        assertThat(journal.newlyMissing(NOW)).containsExactly(new Gap(other.sender(), 1, 1));
    }

    @Test
    void handsOutTheNewestBundle() throws Exception {
        assertThat(journal.newestBundle()).isEmpty();
        journal.keep(new RcJournal.SignedBundle(5, 2, new byte[] {2}, new byte[] {22}));
        journal.keep(new RcJournal.SignedBundle(5, 1, new byte[] {1}, new byte[] {11}));
        journal.keep(new RcJournal.SignedBundle(4, 3, new byte[] {3}, new byte[] {33}));
        reopen();

        assertThat(journal.newestBundle().orElseThrow().envelope()).containsExactly(22);
    }

    @Test
    void leavesAJournalOfAnotherVersionAlone() throws Exception {
        publish(delivery(1));
        journal.close();
        for (int version : new int[] {6, 99}) {
            change("PRAGMA user_version = " + version);

            assertThatThrownBy(() -> RcJournal.open(file))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("version " + version);
        }
        change("PRAGMA user_version = " + (RcJournalSchema.FIRST_VERSION + RcJournalSchema.SCRIPTS.size() - 1));
        journal = RcJournal.open(file);
        assertThat(journal.published(LAB, id(1))).isPresent();
    }

    @Test
    void saysThatAFileIsNoJournal() throws Exception {
        Path text =
                Files.writeString(folder.resolve("text.db"), "a text that is longer than an SQLite header ".repeat(9));

        assertThatThrownBy(() -> RcJournal.open(text))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("text.db");
    }

    private void publish(JournalledDelivery delivery) {
        assertThat(journal.publish(List.of(delivery)).get(0)).isCompleted();
    }

    private void announce(int number) {
        assertThat(journal.announce(List.of(placement(number)))).singleElement().satisfies(each -> assertThat(each)
                .isCompleted());
    }

    @Test
    void keepsWhatGoesWithOneThatFails() throws Exception {
        JournalledDelivery broken = delivery(2, 2, null, List.of());

        List<CompletableFuture<List<String>>> recorded = journal.publish(List.of(delivery(1), broken, delivery(3)));

        assertThat(recorded.get(0)).isCompleted();
        assertThatThrownBy(recorded.get(1)::join)
                .hasCauseInstanceOf(JournalException.class)
                .hasMessageContaining("queue_name");
        assertThat(recorded.get(2)).isCompleted();
        assertThat(journal.published(LAB, id(3)).orElseThrow().receipt()).containsExactly(3);
        assertThat(journal.newlyMissing(NOW)).containsExactly(new Gap(LAB, 2, 2));
    }

    private void reopen() throws Exception {
        journal.close();
        journal = RcJournal.open(file);
    }

    /** On purpose, as by a person, who deletes the journal's digest. */
    private void change(String sql) throws Exception {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".sha256"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private List<String> states() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT state FROM delivery ORDER BY message_id")) {
            List<String> states = new ArrayList<>();
            while (row.next()) {
                states.add(row.getString(1));
            }
            return states;
        }
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_00" + number);
    }

    private static Sha256 digest(int number) {
        return Sha256.of(new byte[] {(byte) number});
    }

    static JournalledDelivery delivery(int number) {
        return delivery(number, number);
    }

    private static JournalledDelivery delivery(int number, long seq) {
        return delivery(number, seq, "ca_rc_queue", List.of());
    }

    private static JournalledDelivery delivery(int number, long seq, String queue, List<Message.Ended> ended) {
        return new JournalledDelivery(
                LAB,
                id(number),
                queue,
                digest(number),
                seq,
                number == 1 ? null : digest(number - 1),
                digest(100 + number),
                number,
                digest(200 + number),
                NOW,
                new byte[] {(byte) number},
                null,
                ended);
    }

    private static JournalledDelivery refused(int number) {
        return refused(number, number);
    }

    private static JournalledDelivery refused(int number, long seq) {
        return new JournalledDelivery(
                LAB,
                id(number),
                "ca_rc_queue",
                digest(number),
                seq,
                digest(number - 1),
                null,
                0,
                null,
                NOW,
                null,
                null,
                List.of());
    }

    private static Placement placement(int number) {
        return new Placement(
                LAB,
                id(number),
                digest(number),
                digest(100 + number),
                number,
                digest(200 + number),
                id(number) + ".csv",
                NOW);
    }
}
