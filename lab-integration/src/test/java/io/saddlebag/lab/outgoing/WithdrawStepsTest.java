package io.saddlebag.lab.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.records.WithdrawRequests;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The decision whether a message may be taken back. */
class WithdrawStepsTest {
    private static final MessageId ID = TestRecords.ID;
    private static final byte[] MANIFEST = {7};

    @TempDir
    private Path home;

    private TestRecords records;
    private OutgoingMessage message;
    private OutgoingWindow window;
    private WithdrawSteps steps;

    @BeforeEach
    void aClaim() throws IOException {
        records = new TestRecords(home);
        message = records.claimed("a.csv", "it");
        window = new OutgoingWindow(records.journal(), () -> true, each -> 1, 1, 1, Duration.ofMillis(20));
        steps = new WithdrawSteps(
                records.journal(),
                window,
                new SettleSteps(
                        records.journal(),
                        new AfterCommit(Runnable::run),
                        records.folders(),
                        window,
                        new PushBack(Duration.ofSeconds(1), Clock.systemUTC()),
                        Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        window.drain(Duration.ZERO);
        records.close();
    }

    private boolean ask() {
        return new WithdrawRequests(records.journal()).ask(ID, "Withdrawn by a test");
    }

    private State state() {
        return records.journal().find(ID).orElseThrow().state();
    }

    private void sign() {
        assertThat(records.journal().signed(message.number(), MANIFEST).join()).isEqualTo(1);
        message = message.sealed(MANIFEST).signed(MANIFEST);
    }

    @Test
    void takesBackAMessageThatNoAttemptHasUnderWay() {
        steps.look(null);
        assertThat(state()).isEqualTo(State.CLAIMED);
        assertThat(ask()).isTrue();
        steps.look(null);

        assertThat(state()).isEqualTo(State.FAILED);
        assertThat(home.resolve("failed/a.csv")).hasContent("it");
        assertThat(home.resolve("failed/a.csv.reason.json")).content().contains("withdrawn", "Withdrawn by a test");
        assertThat(ask()).as("it is settled").isFalse();
    }

    @Test
    void leavesAMessageUnderWayToItsAttemptWhichRefusesIt() {
        assertThat(window.reserve(message.number())).isTrue();
        ask();
        steps.look(null);
        assertThat(state()).isEqualTo(State.CLAIMED);

        assertThatThrownBy(() -> steps.heed(records.exchange(message)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.WITHDRAWN));
        window.release(message.number());
        steps.look(null);
        assertThat(state()).isEqualTo(State.FAILED);
    }

    /** The request and the signature are rows of one journal, of which one comes first. */
    @Test
    void theJournalSignsNoMessageThatWasAskedFor() {
        ask();
        assertThat(records.journal().signed(message.number(), MANIFEST).join()).isZero();
        assertThat(steps.unsigned(message).reason()).startsWith("Withdrawn by a test. ");
    }

    @Test
    void takesBackASignedMessageOnlyWhileHeadquartersSurelyLacksAPart() {
        sign();
        ask();
        for (WithdrawSteps.Left left :
                new WithdrawSteps.Left[] {WithdrawSteps.Left.UNKNOWN, WithdrawSteps.Left.MAYBE_WHOLE}) {
            steps.ended(message, left);
            steps.look(null);
            assertThat(state()).as("%s", left).isEqualTo(State.CLAIMED);
        }
        assertThatCode(() -> steps.heed(records.exchange(message))).doesNotThrowAnyException();
        assertThatThrownBy(() -> steps.requireWanted(message)).isInstanceOf(Refusal.class);

        steps.ended(message, WithdrawSteps.Left.INCOMPLETE);
        steps.look(null);
        assertThat(state()).isEqualTo(State.FAILED);
    }

    @Test
    void takesBackWhatWasSignedInThisRunAndNeverHandedToAConnection() {
        sign();
        steps.signed(message);
        ask();
        steps.look(null);
        assertThat(state()).isEqualTo(State.FAILED);
    }

    @Test
    void forgetsWhatLeftOnceHeadquartersHasDecided() {
        sign();
        steps.ended(message, WithdrawSteps.Left.INCOMPLETE);
        steps.settled(message);
        assertThat(steps.left(message)).isEqualTo(WithdrawSteps.Left.UNKNOWN);
    }

    /** Recipients may have it: that headquarters lost it changes nothing. */
    @Test
    void comesTooLateForAMessageThatIsSentAgain() throws Exception {
        sign();
        ask();
        records.journal()
                .sent(message, null, Instant.now(), records.folders().nameSent(message))
                .join();
        records.journal()
                .forEach(
                        List.of(message.number()),
                        "UPDATE message SET state = 'CLAIMED', resent = 1, envelope = NULL WHERE number = ?");
        assertThat(ask()).isFalse();
        steps.look(null);
        assertThat(state()).isEqualTo(State.CLAIMED);
        sign();
    }

    @Test
    void comesTooLateForAConfirmedMessage() throws Exception {
        Path kept = records.folders().nameSent(message);
        records.journal().sent(message, null, Instant.now(), kept).join();
        assertThat(ask()).isFalse();
        steps.look(null);
        assertThat(state()).isEqualTo(State.SENT);
        assertThat(Files.exists(kept)).isTrue();
    }
}
