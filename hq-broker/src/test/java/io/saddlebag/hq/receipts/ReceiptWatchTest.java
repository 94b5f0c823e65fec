package io.saddlebag.hq.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A laboratory at node 2, whose messages node 1 took and settles. */
class ReceiptWatchTest {
    private final TestDatabase database = TestDatabase.create();
    private final PostgresMessageStore messages = new PostgresMessageStore(database.dataSource());
    private final OutcomeStore outcomes = new OutcomeStore(database.dataSource());
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final ReceiptFollowers followers = new ReceiptFollowers(later, Runnable::run);
    private final ReceiptWatch watch = new ReceiptWatch(outcomes, () -> 2, followers);
    private final StepFixture lab = new StepFixture("FL-LAB");
    private ReceiptSteps steps;

    @BeforeEach
    void open() throws Exception {
        steps = new ReceiptSteps(
                followers,
                outcomes,
                new SenderChains(),
                new ChainStore(database.dataSource()),
                new ConfirmedMessages(messages, () -> Long.MAX_VALUE),
                watch);
        publish(1, 3);
        database.execute("UPDATE delivery_held SET node = 1");
        steps.followReceipts(lab.exchange(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, "r")
                .header(Headers.DESTINATION, "/receipts/FL-LAB")
                .build()));
    }

    @AfterEach
    void close() {
        later.shutdownNow();
        database.close();
    }

    private void publish(int from, int to) throws Exception {
        messages.publish(
                IntStream.rangeClosed(from, to)
                        .mapToObj(number -> new StoredPublication(
                                number,
                                Samples.publication(number, "CA-RC", "NY-RC"),
                                new PayloadRef(1, number, 10, 500)))
                        .toList(),
                0);
    }

    private void ask(int... numbers) throws Exception {
        steps.askReceipts(lab.exchange(StompFrame.of(StompCommand.SEND)
                .body(Json.write(IntStream.of(numbers).mapToObj(Samples::id).toList()))
                .build()));
    }

    private synchronized List<String> heard() {
        List<String> heard = new ArrayList<>();
        for (StompFrame frame : List.copyOf(lab.connection.frames)) {
            for (DeliveryOutcome each : Json.read(frame.body(), DeliveryOutcome[].class)) {
                heard.add(each.messageId().value().replaceAll(".*_0*", "") + " " + each.receiverClientId() + " "
                        + each.state());
            }
        }
        return heard;
    }

    private void settle(Settlement... settlements) throws Exception {
        messages.settle(List.of(settlements));
        watch.tell();
        watch.tell();
    }

    @Test
    void hearsWhatTheOtherNodeSettlesOfWhatItAskedFor() throws Exception {
        ask(1, 2);
        settle(
                Samples.acknowledged(1, "CA-RC"),
                Samples.acknowledged(2, "NY-RC"),
                Samples.deadLettered(2, "CA-RC"),
                Samples.acknowledged(3, "CA-RC"));
        await().untilAsserted(() -> assertThat(heard())
                .containsExactlyInAnyOrder("1 CA-RC acknowledged", "2 NY-RC acknowledged", "2 CA-RC dead-lettered"));

        new DeadLetters(database.dataSource(), "anna").requeue(new DeadLetters.Choice(null, List.of()));
        settle(Samples.acknowledged(2, "CA-RC"), Samples.acknowledged(1, "NY-RC"));
        await().untilAsserted(
                        () -> assertThat(heard()).hasSize(5).contains("2 CA-RC acknowledged", "1 NY-RC acknowledged"));
    }

    @Test
    void hearsOfAMessageWhoseRepeatWasConfirmedHere() throws Exception {
        watch.repeated(SignedMessage.of(
                        TestNetwork.create(folder).identity("FL-LAB"),
                        Samples.id(3).value(),
                        "CA-RC")
                .manifest());
        watch.tell();
        settle(Samples.acknowledged(3, "CA-RC"));
        await().untilAsserted(() -> assertThat(heard()).containsExactly("3 CA-RC acknowledged"));
    }

    @TempDir
    private Path folder;

    @Test
    void asksForNothingThatIsItsOwnOrThatNobodyFollows() throws Exception {
        database.execute("UPDATE delivery_held SET node = 2 WHERE message_number = 1");
        ask(1, 2);
        lab.session.close();
        database.execute("ALTER VIEW delivery RENAME TO away");
        settle(Samples.acknowledged(1, "CA-RC"), Samples.acknowledged(2, "CA-RC"));
        assertThat(heard()).isEmpty();
    }

    @Test
    void looksAtAllOfMoreThanOneLook() throws Exception {
        int many = ReceiptWatch.AT_ONCE / 2 + 10;
        publish(4, many);
        database.execute("UPDATE delivery_held SET node = 1");
        for (int from = 1; from <= many; from += 250) {
            ask(IntStream.range(from, Math.min(many, from + 249) + 1).toArray());
        }
        settle(Samples.acknowledged(many, "CA-RC"), Samples.acknowledged(1, "CA-RC"));
        await().untilAsserted(() ->
                assertThat(heard()).containsExactlyInAnyOrder(many + " CA-RC acknowledged", "1 CA-RC acknowledged"));
    }
}
