package io.saddlebag.lab.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long messages wait for headquarters' word. */
class CatchUpTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private CompletableFuture<StompFrame> answer = new CompletableFuture<>();
    private LabJournal journal;
    private OutgoingWindow window;

    @BeforeEach
    void open() {
        journal = LabJournal.open(folder.resolve("lab.db"));
        window = new OutgoingWindow(journal, () -> false, message -> 0, 1, 1, Duration.ofHours(1));
    }

    @AfterEach
    void close() {
        window.drain(Duration.ZERO);
        thread.shutdownNow();
        journal.close();
    }

    private CatchUp catchUp(Duration patience) {
        ChainQuestions questions = new ChainQuestions(TestLab.SITE, frame -> answer, thread, patience);
        return new CatchUp(questions, journal.chain(), List::of, window, thread, patience);
    }

    private static StompFrame receipt() {
        return StompFrame.of(StompCommand.RECEIPT).build();
    }

    @Test
    void waitsForTheAnswerOfEachConnection() {
        CatchUp catchUp = catchUp(Duration.ofHours(1));
        catchUp.connected();
        assertThat(catchUp.isOver()).isFalse();
        answer.complete(receipt());
        await().until(catchUp::isOver);

        answer = new CompletableFuture<>();
        catchUp.connected();
        assertThat(catchUp.isOver()).isFalse();
        answer.complete(receipt());
        await().until(catchUp::isOver);
        assertThat(catchUp.claimedBefore()).isZero();
    }

    @Test
    void goesByTheJournalWhereHeadquartersIsSilent() {
        try (LoggedLines log = LoggedLines.of(CatchUp.class)) {
            CatchUp catchUp = catchUp(SHORT);
            catchUp.connected();

            await().until(catchUp::isOver);
            await().until(() -> log.at(Level.WARN).size() == 1);
            assertThat(log.at(Level.WARN).get(0)).contains("ids and counts go by the journal alone");
        }
    }

    @Test
    void goesByTheJournalWhereHeadquartersKnowsNoSuchQuestion() {
        try (LoggedLines log = LoggedLines.of(CatchUp.class)) {
            CatchUp catchUp = catchUp(Duration.ofHours(1));
            catchUp.connected();
            answer.completeExceptionally(new Refusal(Refusal.Code.UNKNOWN_DESTINATION, "no such destination"));

            await().until(catchUp::isOver);
            assertThat(log.at(Level.WARN)).singleElement().asString().contains("no such destination");
        }
    }

    @Test
    void waitsForTheNextConnectionWhenThisOneBreaks() {
        CatchUp catchUp = catchUp(Duration.ofHours(1));
        catchUp.connected();
        CompletableFuture<StompFrame> first = answer;
        answer = new CompletableFuture<>();
        first.completeExceptionally(new ConnectionLostException("broke"));
        catchUp.connected();
        assertThat(catchUp.isOver()).isFalse();
        answer.complete(receipt());

        await().until(catchUp::isOver);
    }
}
