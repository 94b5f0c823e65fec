package io.saddlebag.rc.deliver;

import static io.saddlebag.rc.StepCentre.ID;
import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.SITE;
import static io.saddlebag.rc.StepCentre.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.journal.JournalException;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.Letters;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultStepsTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final Refusal REFUSAL = new Refusal(Refusal.Code.BAD_SEAL, "as the test says");

    @TempDir
    private Path folder;

    private StepCentre centre;
    private FaultSteps steps;
    private Letters.Letter letter;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(false, false));
        steps = steps(Duration.ofMillis(10));
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    private FaultSteps steps(Duration pause) {
        return new FaultSteps(
                centre.journal,
                SITE,
                RunningTimes.sinceEver(Clock.systemUTC()),
                pause,
                centre.room,
                new SecureRandom());
    }

    @Test
    void takesARefusalForFinalUnlessItPasses() {
        assertThat(FaultSteps.isFinalRefusal(failed(centre.exchange(), REFUSAL)))
                .isTrue();
        assertThat(FaultSteps.isFinalRefusal(
                        failed(centre.exchange(), new Refusal(Refusal.Code.CLOCK_DOUBTFUL, "as the test says"))))
                .isFalse();
        assertThat(FaultSteps.isFinalRefusal(failed(centre.exchange(), new IOException("as the test says"))))
                .isFalse();
        assertThat(FaultSteps.isFinalRefusal(centre.exchange())).isFalse();
    }

    @Test
    void journalsTheRefusalOfAGenuineMessageAndClearsItsFiles() throws Exception {
        Exchange exchange = failed(centre.opened(letter), REFUSAL);
        Arrival arrival = Arrival.of(exchange);
        centre.outbox.requireRoom(LAB, 0);
        centre.outbox.stageStandardizedFile(LAB, arrival.messageId(), new byte[] {'{'});

        steps.refuseDelivery(exchange);

        assertThat(centre.inJournal("SELECT state || ' ' || reason FROM delivery"))
                .isEqualTo("REFUSED bad-seal: as the test says");
        assertThat(centre.outbox.isStaged(LAB, arrival.messageId())).isFalse();
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void journalsNoRefusalOfAMessageWhoseManifestDidNotVerify() throws Exception {
        steps.refuseDelivery(failed(centre.arrival(centre.letters.frames(letter).get(0)), REFUSAL));

        assertThat(centre.inJournal("SELECT count(*) FROM delivery")).isEqualTo("0");
    }

    @Test
    void refusesThoughTheJournalDoesNotTakeIt() throws Exception {
        Exchange exchange = failed(centre.opened(letter), REFUSAL);
        centre.changeJournal("DROP TABLE delivery");

        steps.refuseDelivery(exchange);

        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void refusesAFrameWithoutADelivery() throws Exception {
        steps.refuseDelivery(failed(centre.exchange(), REFUSAL));

        assertThat(centre.inJournal("SELECT count(*) FROM delivery")).isEqualTo("0");
    }

    @Test
    void deadLettersWithTheCodeAlone() throws Exception {
        Exchange exchange = failed(centre.assembled(letter), REFUSAL);

        finish(callback -> steps.deadLetterDelivery(exchange, callback));

        StompFrame nack = centre.frames(StompCommand.NACK, 1).get(0);
        assertThat(nack.header(Headers.ID)).isEqualTo(Arrival.of(exchange).token());
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo("bad-seal");
        assertThat(nack.header(Headers.REFUSAL_DETAIL)).isNull();
    }

    @Test
    void tellsTheSenderAloneMoreOfAMessageThatItOpened() throws Exception {
        Refusal names = new Refusal(Refusal.Code.BAD_NAME, "Expected other names than 'patient 17/\u00c4rzte.csv'");
        Exchange exchange = failed(centre.opened(letter), names);

        finish(callback -> steps.deadLetterDelivery(exchange, callback));

        StompFrame nack = centre.frames(StompCommand.NACK, 1).get(0);
        assertThat(nack.header(Headers.REASON)).isEqualTo("bad-name");
        assertThat(nack.headers().toString()).doesNotContain("patient");
        assertThat(Letters.detail(nack, letter.messageId().value())).isEqualTo(names.reason());
    }

    @Test
    void sendsNoDetailWithADeliveryThatItReturns() throws Exception {
        Exchange exchange = failed(centre.opened(letter), new Refusal(Refusal.Code.CLOCK_DOUBTFUL, "as the test says"));

        finish(callback -> steps.returnDelivery(exchange, callback));

        StompFrame nack = centre.frames(StompCommand.NACK, 1).get(0);
        assertThat(nack.header(Headers.REASON)).isEqualTo("clock-doubtful");
        assertThat(nack.header(Headers.REFUSAL_DETAIL)).isNull();
    }

    @Test
    void returnsWithoutTheReasonOfItsOwnDisk() throws Exception {
        Exchange exchange = failed(centre.assembled(letter), new IOException("/a/path"));

        finish(callback -> steps.returnDelivery(exchange, callback));

        StompFrame nack = centre.frames(StompCommand.NACK, 1).get(0);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("true");
        assertThat(nack.header(Headers.REASON)).isEqualTo("the receiver has trouble of its own");
    }

    @Test
    void returnsWithTheReasonOfARefusedReceipt() throws Exception {
        Exchange exchange = failed(centre.assembled(letter), new SettleSteps.ReceiptRefusedException(REFUSAL));

        finish(callback -> steps.returnDelivery(exchange, callback));

        assertThat(centre.frames(StompCommand.NACK, 1).get(0).header(Headers.REASON))
                .isEqualTo("it stands in the outbox, but its receipt was refused, bad-seal: as the test says");
    }

    @Test
    void continuesWhenHeadquartersDoesNotTakeTheReturn() throws Exception {
        centre.rejects(StompCommand.NACK, "not-permitted");
        Exchange exchange = failed(centre.assembled(letter), new IOException("as the test says"));

        finish(callback -> steps.returnDelivery(exchange, callback));

        centre.frames(StompCommand.NACK, 1);
        assertThat(exchange.getException()).isNull();
    }

    @Test
    void returnsNothingOfAnExchangeWithoutADelivery() {
        AtomicBoolean isDone = new AtomicBoolean();

        boolean isSync =
                steps.returnDelivery(failed(centre.exchange(), new IOException("as the test says")), isDone::set);

        assertThat(isSync).isTrue();
        assertThat(isDone).isTrue();
    }

    @Test
    void suspendsTheQueueWhileItsDiskTakesNothing() throws Exception {
        centre.takeQueue("");
        Path blocking = Files.writeString(centre.outbox.directory(), "a file where the folder should be");
        Exchange exchange = failed(centre.opened(letter), new IOException("as the test says"));

        steps.suspendDeliveries(exchange);

        assertThat(exchange.isRouteStop()).isTrue();
        assertThat(centre.inWork()).isEmpty();
        centre.frames(StompCommand.UNSUBSCRIBE, 1);
        Files.delete(blocking);
        centre.frames(StompCommand.SUBSCRIBE, 2);
    }

    @Test
    void suspendsTheQueueWhenTheJournalCannotBeWrittenForLackOfRoom() throws Exception {
        centre.takeQueue("");
        Files.writeString(centre.outbox.directory(), "a file where the folder should be");
        Exchange exchange =
                failed(centre.opened(letter), new JournalException(folder, new SQLException("as the test says")));

        steps.suspendDeliveries(exchange);

        assertThat(exchange.isRouteStop()).isTrue();
        centre.frames(StompCommand.UNSUBSCRIBE, 1);
    }

    @Test
    void suspendsTheQueueWhileItsClockIsInDoubt() throws Exception {
        centre.takeQueue("");
        Exchange exchange = failed(centre.opened(letter), new Refusal(Refusal.Code.CLOCK_DOUBTFUL, "as the test says"));

        steps.suspendDeliveries(exchange);

        assertThat(exchange.isRouteStop()).isTrue();
        centre.frames(StompCommand.UNSUBSCRIBE, 1);
        // No reading of another time is left, so that the doubt is over.
        centre.frames(StompCommand.SUBSCRIBE, 2);
    }

    @Test
    void leavesAFailureThatIsNotOfTheDiskToTheNextStep() throws Exception {
        centre.takeQueue("");
        for (Exception failure : new Exception[] {
            new IOException("a disk that has room again"),
            new ProtocolException("as the test says"),
            new IllegalStateException("as the test says")
        }) {
            Exchange exchange = failed(centre.opened(letter), failure);

            steps.suspendDeliveries(exchange);

            assertThat(exchange.isRouteStop()).isFalse();
            assertThat(Arrival.of(exchange).openedFile()).exists();
        }
        centre.frames(StompCommand.UNSUBSCRIBE, 0);
    }

    @Test
    void endsADeliveryOfAnEndedSubscription() throws Exception {
        Exchange exchange = failed(centre.opened(letter), new IOException("as the test says"));

        steps.suspendDeliveries(exchange);

        assertThat(exchange.isRouteStop()).isTrue();
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void postponesAndThenContinues() throws Exception {
        Exchange exchange = failed(centre.opened(letter), new IOException("as the test says"));

        finish(callback -> steps.postponeDelivery(exchange, callback));

        assertThat(centre.inWork()).isEmpty();
    }

    /** The intake does not count the memory of a delivery that waits. */
    @Test
    void holdsNoBodyWhileItIsKeptBack() throws Exception {
        Exchange exchange = failed(centre.opened(letter), new IOException("as the test says"));
        Arrival arrival = Arrival.of(exchange);
        String token = arrival.token();

        steps(Duration.ofHours(1)).postponeDelivery(exchange, doneSync -> {});

        assertThat(arrival.frame().body()).isEmpty();
        assertThat(arrival.token()).isEqualTo(token);
        assertThat(arrival.sealed()).isNull();
        assertThat(arrival.content()).isNull();
    }

    @Test
    void postponesNothingOfAnExchangeWithoutADelivery() {
        AtomicBoolean isDone = new AtomicBoolean();

        assertThat(steps.postponeDelivery(failed(centre.exchange(), REFUSAL), isDone::set))
                .isTrue();

        assertThat(isDone).isTrue();
    }

    private static void finish(Function<AsyncCallback, Boolean> step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        assertThat(step.apply(doneSync -> done.complete(null))).isFalse();
        done.join();
    }
}
