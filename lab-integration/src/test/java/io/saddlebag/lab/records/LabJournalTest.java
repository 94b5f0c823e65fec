package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.records.LabJournal.Place;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabJournalTest {
    private static final SiteId CA = SiteId.of("CA-RC");
    private static final SiteId SF = SiteId.of("SF-RC");
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00.123Z");

    @TempDir
    Path folder;

    private LabJournal journal;

    @BeforeEach
    void open() {
        journal = LabJournal.open(folder.resolve("lab.db"));
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void remembersAClaimAfterItWasClosed() throws IOException {
        OutgoingMessage claimed = claim(1, CA, SF);
        journal.close();
        open();

        assertThat(journal.find(id(1))).contains(claimed);
        assertThat(claimed.claim().recipients()).containsExactly(CA, SF);
        assertThat(claimed.claim().sentTimestamp()).isEqualTo(NOW);
        assertThat(claimed.state()).isEqualTo(State.CLAIMED);
    }

    @Test
    void takesAClaimBackWhenTheFileCannotBeMoved() {
        assertThatThrownBy(() -> TestLab.claimed(journal, id(1), claimFor(CA), moved -> {
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(journal.find(id(1))).isEmpty();
    }

    @Test
    void takesAClaimBackLaterWhenTheJournalCannotBeWrittenEither() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("lab.db"));
                Statement statement = other.createStatement()) {
            assertThatThrownBy(() -> TestLab.claimed(journal, id(1), claimFor(CA), moved -> {
                        refuseDeletions(statement);
                        throw new IOException("full");
                    }))
                    .hasMessage("full");
            assertThatThrownBy(() -> journal.unsettled(0, 10))
                    .as("a claim without its file is not sent")
                    .isInstanceOf(JournalException.class);

            statement.execute("DROP TRIGGER full");
            assertThat(journal.unsettled(0, 10)).isEmpty();
            assertThat(journal.find(id(1))).isEmpty();
        }
    }

    private static void refuseDeletions(Statement statement) throws IOException {
        try {
            statement.execute("CREATE TRIGGER full BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'full'); END");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    @Test
    void refusesASecondClaimOfAnId() throws IOException {
        claim(1, CA);

        assertThatThrownBy(() -> claim(1, CA)).isInstanceOf(JournalException.class);
    }

    @Test
    void countsTheManifestsOfEachRecipientAndLinksThem() throws IOException {
        seal(claim(1, CA), "one");
        seal(claim(2, SF), "two");
        List<Map<SiteId, Place>> seen = new ArrayList<>();
        journal.sealed(claim(3, CA, SF), null, places -> {
                    seen.add(places);
                    return "three".getBytes();
                })
                .join();

        assertThat(seen)
                .containsExactly(Map.of(
                        CA, new Place(2, Sha256.of("one".getBytes())),
                        SF, new Place(2, Sha256.of("two".getBytes()))));
    }

    @Test
    void givesNoNumberAwayWhenTheManifestCannotBeMade() throws IOException {
        OutgoingMessage first = claim(1, CA);
        assertThat(journal.sealed(first, null, places -> {
                    throw new IllegalArgumentException("no");
                }))
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .havingCause()
                .withMessage("no");

        seal(first, "one");
        List<Place> places = new ArrayList<>();
        journal.sealed(claim(2, CA), null, each -> {
                    places.add(each.get(CA));
                    return "two".getBytes();
                })
                .join();
        assertThat(places).containsExactly(new Place(2, Sha256.of("one".getBytes())));
    }

    @Test
    void showsNobodyAClaimWhoseFileIsOnItsWay() throws IOException {
        List<OutgoingMessage> seen = new ArrayList<>();
        TestLab.claimed(journal, id(1), claimFor(CA), moved -> seen.addAll(journal.unsettled(0, 10)));

        assertThat(seen).isEmpty();
        assertThat(journal.unsettled(0, 10)).hasSize(1);
    }

    @Test
    void commitsTogetherWhatWaitsAndFailsOnlyWhatCannotBe() throws IOException {
        OutgoingMessage first = claim(1, CA);
        OutgoingMessage second = claim(2, CA);
        OutgoingMessage third = claim(3, CA);
        CompletableFuture<byte[]> one = journal.sealed(first, null, places -> "one".getBytes());
        CompletableFuture<byte[]> two = journal.sealed(second, null, places -> {
            throw new IllegalStateException("no");
        });
        CompletableFuture<byte[]> three = journal.sealed(third, null, places -> "three".getBytes());

        assertThat(one).succeedsWithin(Duration.ofSeconds(60));
        assertThat(two).failsWithin(Duration.ofSeconds(60));
        assertThat(three).succeedsWithin(Duration.ofSeconds(60));
        assertThat(journal.unsettled(0, 10))
                .extracting(OutgoingMessage::state)
                .containsExactly(State.SEALED, State.CLAIMED, State.SEALED);
    }

    @Test
    void writesOnAfterAnError() throws IOException {
        OutgoingMessage first = claim(1, CA);
        assertThat(journal.sealed(first, null, places -> {
                    throw new StackOverflowError("too deep");
                }))
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(StackOverflowError.class);

        assertThat(journal.sealed(first, null, places -> "one".getBytes())).succeedsWithin(Duration.ofSeconds(60));
        assertThat(journal.find(id(1)).orElseThrow().state()).isEqualTo(State.SEALED);
    }

    @Test
    void pagesThroughWhatIsNotSettled() throws IOException {
        for (int i = 1; i <= 5; i++) {
            claim(i, CA);
        }
        journal.sent(journal.find(id(2)).orElseThrow(), null, NOW, null).join();
        journal.failed(journal.find(id(4)).orElseThrow(), "bad-file", "why", NOW);

        List<OutgoingMessage> first = journal.unsettled(0, 2);
        List<OutgoingMessage> rest = journal.unsettled(first.get(1).number(), 2);
        assertThat(first).extracting(OutgoingMessage::messageId).containsExactly(id(1), id(3));
        assertThat(rest).extracting(OutgoingMessage::messageId).containsExactly(id(5));
    }

    @Test
    void neverGivesANumberTwice() throws IOException {
        OutgoingMessage first = claim(1, CA);
        journal.forget(first.number());

        assertThat(claim(1, CA).number()).isGreaterThan(first.number());
    }

    @Test
    void keepsTheDigestOfWhatWasSentButNotItsEnvelope() throws IOException {
        OutgoingMessage message = claim(1, CA);
        byte[] content = "content".getBytes();
        seal(message.digested(ContentDigest.of(content)), "one");
        journal.signed(message.number(), "envelope".getBytes()).join();
        assertThat(journal.find(id(1)).orElseThrow().envelope()).isEqualTo("envelope".getBytes());
        journal.sent(message, null, NOW, folder).join();

        OutgoingMessage sent = journal.find(id(1)).orElseThrow();
        assertThat(sent.isSettled()).isTrue();
        assertThat(sent.sha256()).isEqualTo(Sha256.of(content));
        assertThat(sent.size()).isEqualTo(7);
        assertThat(sent.manifest()).isNull();
        assertThat(sent.envelope()).isNull();
    }

    @Test
    void assignsTheNextFreeIdOfASeriesPastThreeDigits() throws IOException {
        claim(2, CA);
        for (int i = 1; i <= 1001; i++) {
            assertThat(TestLab.claimedNext(journal, "FL-LAB_DAT_20251008_", claimFor(CA), moved -> {})
                            .messageId())
                    .isEqualTo(id(i == 1 ? 1 : i + 1));
        }
    }

    @Test
    void neverAssignsAnIdTwice() throws IOException {
        String series = "FL-LAB_DAT_20251008_";
        assertThatThrownBy(() -> TestLab.claimedNext(journal, series, claimFor(CA), moved -> {
                    throw new IOException("the disk is full");
                }))
                .isInstanceOf(IOException.class);
        TestLab.claimedNext(journal, series, claimFor(CA), moved -> {});
        journal.forget(journal.find(id(2)).orElseThrow().number());
        journal.close();
        journal = LabJournal.open(folder.resolve("lab.db"));

        assertThat(TestLab.claimedNext(journal, series, claimFor(CA), moved -> {})
                        .messageId())
                .isEqualTo(id(3));
        assertThat(TestLab.claimedNext(journal, "FL-LAB_RPT_20251008_", claimFor(CA), moved -> {})
                        .messageId())
                .isEqualTo(MessageId.of("FL-LAB_RPT_20251008_001"));
    }

    @Test
    void remembersHowAFileLookedAndWhereItLay() throws IOException {
        OutgoingMessage claimed = claim(1, CA);
        EarlierDrops drops =
                new EarlierDrops(journal, new LabFolders(new SiteHome(folder), Clock.systemUTC(), Presence.ALWAYS));
        assertThat(claimed.claim()).isEqualTo(claimFor(CA));
        assertThat(drops.knows("a.csv", 7)).isTrue();
        assertThat(drops.knows("a.csv", 8)).isFalse();
        assertThat(drops.undigested("a.csv", 7)).hasSize(1);

        Sha256 digest = Sha256.of(new byte[] {7});
        journal.digested(claimed.number(), digest);
        claim(2, CA);
        assertThat(drops.undigested("a.csv", 7)).hasSize(1);
        assertThat(drops.named("a.csv", 7, digest)).isPresent();
        assertThat(drops.named("a.csv", 8, digest)).isEmpty();
    }

    @Test
    void refusesAJournalOfAnEarlierVersion() throws Exception {
        journal.close();
        Path file = folder.resolve("earlier.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 7");
        }

        assertThatThrownBy(() -> LabJournal.open(file))
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll(
                        "earlier.db",
                        "expected version " + LabJournalSchema.FIRST_VERSION,
                        "version 7",
                        "run the one that wrote it");
        open();
    }

    @Test
    void saysWhenTheFileIsNoJournal() throws IOException {
        Path other = Files.writeString(folder.resolve("other.db"), "not a database at all, just some text");

        assertThatThrownBy(() -> LabJournal.open(other))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("other.db");
    }

    private OutgoingMessage claim(int number, SiteId... recipients) throws IOException {
        TestLab.claimed(journal, id(number), claimFor(recipients), moved -> {});
        return journal.find(id(number)).orElseThrow();
    }

    private static Claim claimFor(SiteId... recipients) {
        return new Claim(
                "route", "drop", "a.csv", "text/csv", List.of(recipients), NOW, new FileLook(7, NOW), TestLab.SECRET);
    }

    private void seal(OutgoingMessage message, String manifest) {
        journal.sealed(message, null, places -> manifest.getBytes()).join();
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_%03d".formatted(number));
    }
}
