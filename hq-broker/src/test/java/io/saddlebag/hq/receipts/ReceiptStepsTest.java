package io.saddlebag.hq.receipts;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two messages of a laboratory in PostgreSQL, the first acknowledged. */
class ReceiptStepsTest {
    private static final String ID = "FL-LAB_DAT_20251008_";

    @TempDir
    static Path network;

    private static SignedMessage first;
    private static SignedMessage second;

    private final StepFixture lab = new StepFixture("FL-LAB");
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final ReceiptFollowers followers = new ReceiptFollowers(later, Runnable::run);
    private final AtomicLong confirmedUpTo = new AtomicLong(Long.MAX_VALUE);
    private TestDatabase database;
    private StoredPublication acknowledged;
    private ReceiptSteps steps;

    @BeforeAll
    static void sign() {
        SiteIdentity identity = TestNetwork.create(network).identity("FL-LAB");
        first = SignedMessage.of(identity, ID + "001", "CA-RC");
        second = SignedMessage.inChain(identity, ID + "002", Map.of("CA-RC", 2L));
    }

    @BeforeEach
    void open() throws Exception {
        database = TestDatabase.create();
        PostgresMessageStore messages = new PostgresMessageStore(database.dataSource());
        SenderChains chains = new SenderChains();
        steps = new ReceiptSteps(
                followers,
                new OutcomeStore(database.dataSource()),
                chains,
                new ChainStore(database.dataSource()),
                new ConfirmedMessages(messages, confirmedUpTo::get));
        acknowledged = stored(1, first);
        messages.publish(List.of(acknowledged, stored(2, second)), 2);
        messages.settle(List.of(Samples.acknowledged(1, "CA-RC")));
        chains.took(first.manifest(), 1);
        chains.took(second.manifest(), 2);
    }

    @AfterEach
    void close() {
        later.shutdownNow();
        database.close();
    }

    private static StoredPublication stored(long number, SignedMessage message) {
        Publication publication =
                Samples.publication(message.manifest().messageId(), message.envelope(), message.body(), "CA-RC");
        return new StoredPublication(number, publication, new PayloadRef(1, number, 10, 500));
    }

    private Exchange subscription(String destination) {
        return lab.exchange(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, destination)
                .header(Headers.DESTINATION, destination)
                .build());
    }

    private Exchange question(Object ids) {
        return lab.exchange(
                StompFrame.of(StompCommand.SEND).body(Json.write(ids)).build());
    }

    private List<DeliveryOutcome> outcomes() {
        return List.of(Json.read(lab.connection.frames.remove(0).body(), DeliveryOutcome[].class));
    }

    private List<byte[]> manifests() {
        List<byte[]> bodies = new ArrayList<>(
                lab.connection.frames.stream().map(StompFrame::body).toList());
        lab.connection.frames.clear();
        return bodies;
    }

    @Test
    void tellsHowADeliveryEndsOnceItHas() {
        steps.followReceipts(subscription("/receipts/FL-LAB"));
        followers.settled(
                PublishResult.of(acknowledged, PublishOutcome.STORED)
                        .deliveries()
                        .get(0),
                Samples.acknowledged(1, "CA-RC"));
        await().until(() -> !lab.connection.frames.isEmpty());
        assertThat(outcomes()).extracting(DeliveryOutcome::state).containsExactly(DeliveryOutcome.ACKNOWLEDGED);
    }

    @Test
    void answersHowTheDeliveriesOfTheNamedMessagesEnded() throws Exception {
        steps.followReceipts(subscription("/receipts/FL-LAB"));
        steps.askReceipts(question(List.of(ID + "001", ID + "002", ID + "777")));
        assertThat(outcomes())
                .extracting(outcome -> outcome.messageId().value() + " " + outcome.state())
                .containsExactly(ID + "001 acknowledged", ID + "777 unknown");
        steps.askReceipts(question(List.of()));
        assertThat(lab.connection.frames).isEmpty();
    }

    @Test
    void sendsTheNewestManifestToEachReceiverAsItWasSigned() throws Exception {
        steps.followChain(subscription("/chain/FL-LAB"));
        assertThat(manifests()).containsExactly(second.envelope());
    }

    @Test
    void answersWithTheLastOfTheNamedMessagesThatIsConfirmed() throws Exception {
        steps.followChain(subscription("/chain/FL-LAB"));
        manifests();
        steps.askChain(question(List.of(ID + "001", ID + "777")));
        assertThat(manifests()).containsExactly(first.envelope());
        steps.askChain(question(List.of(ID + "777")));
        assertThat(manifests()).isEmpty();
        confirmedUpTo.set(0);
        steps.askChain(question(List.of(ID + "001")));
        assertThat(manifests()).isEmpty();
    }

    @Test
    void refusesToTellOfAnothersMessages() throws Exception {
        assertRefused(Code.NOT_PERMITTED, () -> steps.followReceipts(subscription("/receipts/PA-LAB")));
        assertRefused(Code.NOT_PERMITTED, () -> steps.followChain(subscription("/chain/PA-LAB")));
        steps.followChain(subscription("/chain/FL-LAB"));
        assertRefused(Code.NOT_PERMITTED, () -> steps.askChain(question(List.of("PA-LAB_DAT_20251008_001"))));
    }

    @Test
    void refusesASecondSubscriptionOfAConnection() throws Exception {
        steps.followReceipts(subscription("/receipts/FL-LAB"));
        assertRefused(Code.MALFORMED, () -> steps.followReceipts(subscription("/receipts/FL-LAB")));
        steps.followChain(subscription("/chain/FL-LAB"));
        assertRefused(Code.MALFORMED, () -> steps.followChain(subscription("/chain/FL-LAB")));
    }

    @Test
    void refusesAQuestionWithoutASubscription() throws Exception {
        assertRefused(Code.NOT_PERMITTED, () -> steps.askReceipts(question(List.of(ID + "001"))));
        assertRefused(Code.NOT_PERMITTED, () -> steps.askChain(question(List.of(ID + "001"))));
        steps.followReceipts(subscription("/receipts/FL-LAB"));
        lab.session.unsubscribe("/receipts/FL-LAB");
        assertRefused(Code.NOT_PERMITTED, () -> steps.askReceipts(question(List.of(ID + "001"))));
    }

    @Test
    void refusesASubscriptionWhoseIdIsTakenAndLeavesTheOther() throws Exception {
        lab.session.follow("/receipts/FL-LAB", () -> {});
        assertRefused(Code.MALFORMED, () -> steps.followReceipts(subscription("/receipts/FL-LAB")));
        assertRefused(Code.NOT_PERMITTED, () -> steps.askReceipts(question(List.of(ID + "001"))));
    }

    @Test
    void refusesAQuestionThatItCannotRead() throws Exception {
        steps.followReceipts(subscription("/receipts/FL-LAB"));
        steps.followChain(subscription("/chain/FL-LAB"));
        List<String> many =
                IntStream.range(100, 400).mapToObj(each -> ID + each).toList();
        assertRefused(Code.MALFORMED, () -> steps.askReceipts(question("a")));
        assertRefused(Code.TOO_LARGE, () -> steps.askReceipts(question(many)));
        assertRefused(Code.TOO_LARGE, () -> steps.askReceipts(question(Collections.singletonList(null))));
        assertRefused(Code.MALFORMED, () -> steps.askChain(question("a")));
        assertRefused(Code.TOO_LARGE, () -> steps.askChain(question(many)));
        assertRefused(Code.TOO_LARGE, () -> steps.askChain(question(List.of())));
    }

    @Test
    void refusesAQuestionOfAClientThatDoesNotRead() throws Exception {
        steps.followReceipts(subscription("/receipts/FL-LAB"));
        lab.connection.writable = false;
        assertRefused(Code.TOO_LARGE, () -> steps.askReceipts(question(List.of(ID + "001"))));
    }
}
