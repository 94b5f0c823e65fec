package io.saddlebag.lab.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.AskedClock;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ends of an attempt; a later claim of the same id may have its file in the work folder already. */
class SettleStepsTest {
    private static final MessageId ID = TestRecords.ID;

    @TempDir
    private Path home;

    private final LoggedLines log = LoggedLines.of(SettleSteps.class);
    private final List<MessageId> started = new CopyOnWriteArrayList<>();
    private TestRecords records;
    private LabFolders folders;
    private OutgoingMessage message;
    private OutgoingWindow window;
    private PushBack pushBack;

    @BeforeEach
    void aClaimThatWasSealedOnce() throws IOException {
        records = new TestRecords(home);
        folders = records.folders();
        message = records.claimed("a.csv", "it");
        Files.writeString(folders.sealed(ID), "sealed");
        window = new OutgoingWindow(records.journal(), () -> true, each -> 1, 1, 1, Duration.ofMillis(20));
        pushBack = new PushBack(Duration.ofSeconds(1), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        window.drain(Duration.ZERO);
        records.close();
        log.close();
    }

    private SettleSteps steps(Clock clock) {
        return new SettleSteps(records.journal(), new AfterCommit(Runnable::run), folders, window, pushBack, clock);
    }

    private SettleSteps steps() {
        return steps(Clock.systemUTC());
    }

    private Exchange failed(Exception cause) {
        return records.failed(message, cause);
    }

    @Test
    void freesTheIdOfAFileThatGoesBackLast() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("journal/lab.db"));
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TRIGGER full BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'full'); END");
            Exchange exchange = failed(new StillWrittenException(
                    message.claim().look(), message.claim().look()));

            assertThatThrownBy(() -> steps().returnToDrop(exchange)).isInstanceOf(JournalException.class);
            assertThat(home.resolve("drop/raw-data/a.csv")).hasContent("it");
            assertThat(home.resolve("work")).isEmptyDirectory();
        }
    }

    @Test
    void putsAFileThatIsStillWrittenBackAndForgetsItsClaim() throws Exception {
        steps().returnToDrop(failed(new StillWrittenException(
                message.claim().look(), message.claim().look())));

        assertThat(home.resolve("drop/raw-data/a.csv")).hasContent("it");
        assertThat(records.journal().find(ID)).isEmpty();
        assertThat(log.at(Level.WARN)).singleElement().asString().contains("put back as");
    }

    @Test
    void clearsTheSealedMessageOfAFailedFileAndNoFile() throws Exception {
        Clock clock = new AskedClock(() -> Files.writeString(folders.content(ID), "of the next claim"));

        steps(clock).moveToFailed(failed(new Refusal(Refusal.Code.BAD_FILE, "no")));

        assertThat(home.resolve("failed/a.csv")).hasContent("it");
        assertThat(folders.content(ID)).hasContent("of the next claim");
        assertThat(folders.sealed(ID)).doesNotExist();
    }

    @Test
    void recordsTheReasonOfARefusedMessage() throws Exception {
        steps().moveToFailed(failed(new Refusal(Refusal.Code.CONFLICT, "other bytes")));

        assertThat(records.journal().find(ID)).map(OutgoingMessage::state).contains(State.FAILED);
        assertThat(home.resolve("failed/a.csv.reason.json")).content().contains("conflict", "other bytes", ID.value());
    }

    @Test
    void takesUpTheReasonThatWasWrittenBeforeACrash() throws Exception {
        Refusal refusal = new Refusal(Refusal.Code.CONFLICT, "other bytes");
        folders.failed().keep(folders.content(ID), message, refusal);
        Files.move(home.resolve("failed/a.csv"), folders.content(ID));

        steps().moveToFailed(failed(refusal));

        assertThat(home.resolve("failed/a.csv")).hasContent("it");
        assertThat(home.resolve("failed/a.csv.2.reason.json")).doesNotExist();
    }

    private void opened() {
        window.open((each, done) -> {
            started.add(each.messageId());
            done.run();
        });
        await().until(() -> started.size() == 1);
    }

    @Test
    void takesAMessageUpThatWaitedForAKeyAndSaysSoOnceAKey() {
        opened();
        SettleSteps steps = steps();
        steps.leaveForLater(failed(new NotYetException("waits for a current key of CA-RC")));
        steps.leaveForLater(failed(new NotYetException("waits for a current key of CA-RC")));
        assertThat(log.at(Level.INFO)).singleElement().asString().contains("waits for a current key");

        steps.keyPinned();
        await().until(() -> started.size() == 2);
        steps.leaveForLater(failed(new NotYetException("waits for a current key of CA-RC")));
        assertThat(log.at(Level.INFO)).hasSize(2);
    }

    @Test
    void pausesTheRecipientsOfAMessageThatHeadquartersPushedBack() {
        opened();
        steps().leaveForLater(failed(new Refusal(Refusal.Code.QUEUE_FULL, "no room in ca_rc_queue")));

        assertThatThrownBy(() -> pushBack.process(records.exchange(message))).isInstanceOf(NotYetException.class);
        assertThat(log.at(Level.WARN)).singleElement().asString().contains("pushed it back", "ca_rc_queue");
        await().until(() -> started.size() == 2);
    }

    @Test
    void triesAgainWithoutALineAfterALostConnectionOrDisk() {
        opened();
        SettleSteps steps = steps();
        steps.leaveForLater(failed(new ConnectionLostException("it broke")));
        await().until(() -> started.size() == 2);
        steps.leaveForLater(failed(new StoreAwayException(home, "it is not mounted")));
        await().until(() -> started.size() == 3);

        assertThat(log.from(Level.INFO)).isEmpty();
    }

    @Test
    void reportsOtherTroubleAndTriesAgain() {
        opened();
        steps().leaveForLater(failed(new IOException("the disk is full")));

        assertThat(log.at(Level.ERROR)).singleElement().asString().contains("tried again later", "the disk is full");
        await().until(() -> started.size() == 2);
    }

    @Test
    void deletesNothingThatItDidNotKeepAmongTheSent() throws Exception {
        Files.delete(folders.content(ID));
        Clock clock =
                new AskedClock(() -> Files.createDirectories(folders.content(ID).resolve("deep")));
        Exchange exchange = records.exchange(message);
        CompletableFuture<Void> done = new CompletableFuture<>();

        steps(clock).moveToSent(exchange, doneSync -> done.complete(null));
        done.join();

        assertThat(exchange.getException()).isNull();
        assertThat(records.journal().find(ID).orElseThrow().state()).isEqualTo(State.SENT);
        assertThat(folders.content(ID).resolve("deep")).isDirectory();
        assertThat(folders.sealed(ID)).doesNotExist();
    }
}
