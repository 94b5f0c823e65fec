package io.saddlebag.lab.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.ResendRecords;
import io.saddlebag.lab.records.TidyDecision;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentTidyTest {
    private static final MessageId ID = TestRecords.ID;
    private static final Predicate<Instant> OLD = since -> true;

    @TempDir
    private Path home;

    private TestRecords records;
    private SentTidy tidy;
    private final SettableClock clock = SettableClock.still(Instant.now().plus(Duration.ofDays(2)));
    private final List<TidyDecision> told = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        tidy = new SentTidy(home.resolve("sent"), records.journal(), clock);
    }

    @AfterEach
    void close() {
        records.close();
    }

    /** A confirmed message that was looked at a second time. */
    private Path sent(MessageId id, String name, String content) throws IOException {
        OutgoingMessage message = records.claimed(id, name, "text/csv", content);
        Path kept = records.folders().nameSent(message);
        records.journal().digested(message.number(), Sha256.of(content.getBytes()));
        records.journal().sent(message, null, Instant.now(), kept).join();
        records.folders().clear(id);
        records.journal().forEach(List.of(message.number()), "DELETE FROM second_look WHERE number = ?");
        return kept;
    }

    private void receipts(MessageId id, String... states) throws IOException {
        List<Map<String, ?>> recipients = new ArrayList<>();
        for (String state : states) {
            recipients.add(Map.of("receiver_client_id", "CA-RC", "state", state));
        }
        Files.write(
                home.resolve("sent/" + id + ".receipts.json"),
                Json.write(Map.of(
                        "message_id",
                        id,
                        "sender_id",
                        "FL-LAB",
                        "manifest_sha256",
                        Sha256.of(new byte[0]),
                        "sha256",
                        Sha256.of(new byte[0]),
                        "size",
                        2,
                        "receipt_secret",
                        TestLab.SECRET,
                        "recipients",
                        recipients)));
    }

    private void run(boolean deletes) throws IOException {
        told.clear();
        tidy.run(OLD, deletes, told::add);
    }

    private String tidied() {
        return records.journal().value("SELECT tidied_time FROM message", row -> row.getString(1));
    }

    @Test
    void removesAFileWithWhatCameWithItOnceEveryReceiptIsKept() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        Path duplicate = Files.writeString(kept.resolveSibling("a.csv.duplicate.2"), "it");
        Path ignored = Files.createDirectory(kept.resolveSibling("a.csv.ignored"));
        Files.writeString(ignored.resolve("Thumbs.db"), "x");
        receipts(ID, "acknowledged", "acknowledged");

        run(false);
        assertThat(told).extracting(TidyDecision::file).containsExactly(kept, duplicate, ignored);
        assertThat(told).allMatch(TidyDecision::goes);
        assertThat(kept).exists();
        assertThat(tidied()).isNull();

        tidy.run(since -> false, true, told::add);
        assertThat(kept).as("it is not old enough").exists();

        run(true);
        assertThat(tidied()).isEqualTo(clock.instant().toString());
        assertThat(kept.getParent()).as("nothing is left of the day").doesNotExist();
        assertThat(home.resolve("sent/" + ID + ".receipts.json")).exists();
    }

    @Test
    void keepsAFileThatSomebodyMayNeed() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        run(true);
        assertThat(told).extracting(TidyDecision::stays).containsExactly("it has no receipts");
        for (String state : List.of("waiting", "headquarters' word", "dead-lettered", "expired", "discarded")) {
            receipts(ID, "acknowledged", state);
            run(true);
            assertThat(told).singleElement().satisfies(each -> assertThat(each.stays())
                    .isEqualTo("CA-RC has not received it by a receipt: " + state));
        }
        receipts(ID, "acknowledged");
        Files.writeString(kept, "more");
        run(true);
        assertThat(told).extracting(TidyDecision::stays).containsExactly("it is not as it was sent");
        assertThat(kept).hasContent("more");
        assertThat(tidied()).isNull();
    }

    @Test
    void keepsAFileThatIsStillToBeComparedAndADuplicateOfOtherBytes() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        Path other = Files.writeString(kept.resolveSibling("a.csv.duplicate"), "other bytes");
        receipts(ID, "acknowledged");
        records.journal().forEach(List.of(1L), "INSERT INTO second_look VALUES (?)");
        run(true);
        assertThat(told)
                .extracting(TidyDecision::stays)
                .containsExactly("it is still to be compared with what was sent");

        records.journal().forEach(List.of(1L), "DELETE FROM second_look WHERE number = ?");
        run(true);
        assertThat(kept).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void passesOverAFileThatItCannotJudge() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        Path receipts = Files.createDirectory(home.resolve("sent/" + ID + ".receipts.json"));
        MessageId other = MessageId.of("FL-LAB_DAT_20251008_002");
        Path otherKept = sent(other, "b.csv", "other");
        receipts(other, "acknowledged");

        run(true);
        assertThat(told.get(0).stays()).startsWith("it cannot be looked at: ");
        assertThat(kept).exists();
        assertThat(receipts).exists();
        assertThat(otherKept).doesNotExist();
    }

    @Test
    void finishesWhatAKillLeft() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        records.journal().forEach(List.of(1L), "UPDATE message SET tidied_time = 'before' WHERE number = ?");
        run(true);
        assertThat(kept).doesNotExist();
        assertThat(tidied()).isEqualTo("before");
    }

    /** Else the next look would delete it before its receipts come. */
    @Test
    void judgesAFileAnewThatWasPutBackAndSentAgain() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        receipts(ID, "discarded");
        tidy.named(ID, true);
        assertThat(tidied()).isNotNull();

        Files.createDirectories(kept.getParent());
        FileLook look = FileLook.of(Files.writeString(kept, "it"));
        Sha256 sha256 = Sha256.of("it".getBytes());
        records.journal()
                .resends()
                .claimedAgain(new ResendRecords.Sent(1, ID, List.of(), List.of(), "x/a.csv", sha256, look, 0), look);
        assertThat(tidied()).isNull();
    }

    @Test
    void removesANamedFileThatWasDiscardedAndNoneThatWaits() throws Exception {
        Path kept = sent(ID, "a.csv", "it");
        receipts(ID, "waiting");
        assertThat(tidy.named(ID, true).stays()).contains("waiting");
        receipts(ID, "discarded", "expired", "acknowledged");
        assertThat(tidy.named(ID, false).goes()).isTrue();
        assertThat(kept).exists();
        assertThat(tidy.named(ID, true).goes()).isTrue();
        assertThat(kept).doesNotExist();
        assertThatThrownBy(() -> tidy.named(MessageId.of("FL-LAB_DAT_20251008_002"), true))
                .hasMessageContaining("found none in the journal");
    }

    @Test
    void theRouteGoesByBothClocksAndIsOffByDefault() throws Exception {
        SettableClock wall = SettableClock.still(Instant.now());
        RunningTime time = new RunningTime(wall, clock);
        Path kept = sent(ID, "a.csv", "it");
        receipts(ID, "acknowledged");
        new TidySent(tidy, null, time).process(null);
        wall.advance(Duration.ofDays(100));
        new TidySent(tidy, Duration.ofDays(90), time).process(null);
        assertThat(kept).as("the wall clock alone says that it is old").exists();

        clock.advance(Duration.ofDays(100));
        try (LoggedLines log = LoggedLines.of(TidySent.class)) {
            new TidySent(tidy, Duration.ofDays(90), time).process(null);
            assertThat(log.at(Level.INFO)).singleElement().asString().contains("a.csv: deleted");
        }
        assertThat(kept).doesNotExist();
    }

    @Test
    void theRouteWarnsOfAFileThatStays() throws Exception {
        SettableClock wall = SettableClock.still(Instant.now());
        sent(ID, "a.csv", "it");
        RunningTime time = new RunningTime(wall, wall);
        wall.advance(Duration.ofDays(100));
        try (LoggedLines log = LoggedLines.of(TidySent.class)) {
            new TidySent(tidy, Duration.ofDays(90), time).process(null);
            assertThat(log.at(Level.WARN)).singleElement().asString().contains("not deleted after", "no receipts");
        }
    }
}
