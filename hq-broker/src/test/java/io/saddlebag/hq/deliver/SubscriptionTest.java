package io.saddlebag.hq.deliver;

import static io.saddlebag.hq.queue.QueueFixture.CA;
import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.queue.MemoryStores;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.hq.testing.NotingConnection;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
    private static final Instant NOW = Instant.parse("2025-10-09T00:00:00Z");

    private final MemoryStores.Rows rows = new MemoryStores.Rows();
    private final MemoryStores.Payloads payloads = new MemoryStores.Payloads();
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    };
    private final List<Settlement> settled = new ArrayList<>();
    private final QueueIndex index = new QueueIndex(rows, Runnable::run, 100);
    private final Dispatcher dispatcher = new Dispatcher(index);
    private CompletableFuture<Boolean> commit = CompletableFuture.completedFuture(true);
    private final AtomicLong term = new AtomicLong(1);
    private Settlements settlements;
    private long lastSerial;

    @BeforeEach
    void begin() {
        settlements = new Settlements(
                index,
                settlement -> {
                    settled.add(settlement);
                    return commit;
                },
                later,
                RunningTimes.sinceEver(clock));
    }

    @AfterEach
    void end() {
        later.shutdownNow();
    }

    private Subscription subscribe(int prefetch, Client client) {
        return subscribe(prefetch, client, Map.of());
    }

    private Subscription subscribe(int prefetch, Client client, Map<MessageId, Integer> resume) {
        Subscription subscription = new Subscription(
                ++lastSerial,
                "s1",
                CA,
                QUEUE,
                prefetch,
                client,
                new Subscription.Parts(index, payloads, turns::add, settlements, clock, term::get));
        subscription.resume(resume);
        dispatcher.add(subscription);
        return subscription;
    }

    private void arrive(QueuedDelivery... deliveries) {
        for (QueuedDelivery each : deliveries) {
            index.arrived(List.of(rows.add(each)));
        }
    }

    private void turn() {
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
    }

    @Test
    void pushesTheBacklogWithinTheWindow() {
        arrive(delivery(1), delivery(2), delivery(3));
        Client client = new Client();
        subscribe(2, client);
        turn();
        assertThat(client.messageIds()).containsExactly("FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_002");
        StompFrame first = client.frames.get(0);
        assertThat(first.header(Headers.SUBSCRIPTION)).isEqualTo("s1");
        assertThat(first.header(Headers.PART)).isEqualTo("1/1");
        assertThat(first.header(Headers.MANIFEST_LENGTH)).isEqualTo("10");
        assertThat(first.header(Headers.DESTINATION)).isEqualTo("/queue/ca_rc_queue");
        assertThat(first.header("attempt")).isEqualTo("1");
        assertThat(first.body()).hasSize(110);
    }

    @Test
    void pushesNothingWhileTheDatabaseIsLostAndGoesOnWhenItIsThereAgain() {
        arrive(delivery(1));
        Client client = new Client();
        term.set(0);
        subscribe(2, client);
        turn();
        assertThat(client.messageIds()).isEmpty();

        term.set(2);
        dispatcher.wakeAll();
        turn();
        assertThat(client.messageIds()).containsExactly("FL-LAB_DAT_20251008_001");
    }

    @Test
    void makesADeadLetterAtOnceOfWhatIsDamaged() {
        arrive(delivery(1), delivery(2));
        payloads.damaged = true;
        Client client = new Client();
        subscribe(2, client);
        turn();

        assertThat(client.messageIds()).isEmpty();
        assertThat(settled)
                .extracting(Settlement::messageNumber, Settlement::outcome)
                .containsExactly(tuple(1L, Outcome.LOST), tuple(2L, Outcome.LOST));
    }

    @Test
    void anAcknowledgementMakesRoomForTheNext() {
        arrive(delivery(1), delivery(2));
        Client client = new Client();
        Subscription subscription = subscribe(1, client);
        turn();
        settlements.acknowledge(subscription.takeInFlight(client.token(0)), null, null);
        turn();
        assertThat(client.messageIds()).containsExactly("FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_002");
        assertThat(settled).singleElement().satisfies(settlement -> {
            assertThat(settlement.outcome()).isEqualTo(Outcome.ACKNOWLEDGED);
            assertThat(settlement.attempts()).isEqualTo(1);
            assertThat(settlement.deliveredTime()).isEqualTo(NOW);
        });
    }

    @Test
    void aTokenSettlesOnceAndOnlyWhereItIsInFlight() {
        arrive(delivery(1));
        Client client = new Client();
        Client other = new Client();
        Subscription subscription = subscribe(1, client);
        turn();
        Subscription second = subscribe(1, other);
        turn();
        assertThat(second.takeInFlight(client.token(0))).isNull();
        assertThat(subscription.takeInFlight(client.token(0))).isNotNull();
        assertThat(subscription.takeInFlight(client.token(0))).isNull();
    }

    @Test
    void aBrokenConnectionGivesItsDeliveriesToAnotherAtOnce() {
        arrive(delivery(1), delivery(2));
        Subscription broken = subscribe(10, new Client());
        turn();
        Client client = new Client();
        subscribe(10, client);
        dispatcher.remove(broken);
        turn();
        assertThat(client.messageIds()).containsExactly("FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_002");
        assertThat(client.frames.get(0).header("attempt")).isEqualTo("2");
        assertThat(broken.inFlight()).isZero();
    }

    @Test
    void waitsWhileTheConnectionTakesNoFrames() {
        arrive(delivery(1));
        Client client = new Client();
        client.writable = false;
        subscribe(1, client);
        turn();
        assertThat(client.frames).isEmpty();
        client.takesFramesAgain();
        turn();
        assertThat(client.frames).hasSize(1);
    }

    @Test
    void sendsALargeMessageInPartsThatNothingInterrupts() {
        long size = 2L * Manifest.PART_SIZE + 5;
        arrive(delivery(1, null, new PayloadRef(1, 0, 10, size)), delivery(2));
        Client client = new Client();
        Subscription subscription = subscribe(5, client);
        turn();
        assertThat(client.frames)
                .extracting(frame -> frame.header(Headers.PART) + " " + frame.body().length)
                .containsExactly("1/3 " + (Manifest.PART_SIZE + 10), "2/3 " + Manifest.PART_SIZE, "3/3 5", "1/1 110");
        assertThat(client.token(0)).isEqualTo(client.token(2)).isNotEqualTo(client.token(3));
        assertThat(client.frames.get(1).header(Headers.MANIFEST_LENGTH)).isNull();
        assertThat(subscription.inFlight()).isEqualTo(2);
    }

    @Test
    void goesOnAtThePartThatTheClientLacksOnceAndThenFromTheFirst() {
        QueuedDelivery large = delivery(1, null, new PayloadRef(1, 0, 10, 2L * Manifest.PART_SIZE + 5));
        arrive(large);
        Client client = new Client();
        Subscription subscription = subscribe(5, client, Map.of(large.messageId(), 3));
        turn();
        assertThat(client.parts()).containsExactly("3/3 15");
        assertThat(client.frames.get(0).header(Headers.MANIFEST_LENGTH)).isEqualTo("10");
        index.giveBack(subscription.takeInFlight(client.token(0)));
        turn();
        assertThat(client.parts())
                .containsExactly("3/3 15", "1/3 " + (Manifest.PART_SIZE + 10), "2/3 " + Manifest.PART_SIZE, "3/3 5");
        assertThat(client.frames.get(3).header(Headers.MANIFEST_LENGTH)).isNull();
    }

    @Test
    void sendsTheLastPartToAClientThatHasAll() {
        QueuedDelivery large = delivery(1, null, new PayloadRef(1, 0, 10, 2L * Manifest.PART_SIZE + 5));
        arrive(large, delivery(2));
        Client client = new Client();
        subscribe(5, client, Map.of(large.messageId(), 9_999_999, delivery(2).messageId(), 4));
        turn();
        assertThat(client.parts()).containsExactly("3/3 15", "1/1 110");
    }

    @Test
    void expiredDeliveriesAreSettledAndNotPushed() {
        arrive(delivery(1, NOW), delivery(2));
        Client client = new Client();
        subscribe(5, client);
        turn();
        assertThat(client.messageIds()).containsExactly("FL-LAB_DAT_20251008_002");
        assertThat(settled).singleElement().satisfies(each -> assertThat(each.outcome())
                .isEqualTo(Outcome.EXPIRED));
    }

    @Test
    void aBacklogThatIsOverEndsAsAWholeThoughMemoryHoldsLittleOfIt() {
        for (int number = 1; number <= 1_000; number++) {
            rows.add(delivery(number, NOW));
        }
        index.begin(Map.of(QUEUE, new QueueLoad(1_000, 1)));
        index.load(List.of(QUEUE));

        settlements.expireWhatIsOver();

        await().until(() -> index.load(QUEUE).messages() == 0);
    }

    @Test
    void aSettlementThatCannotBeCommittedPutsTheDeliveryBack() {
        arrive(delivery(1));
        Client client = new Client();
        Subscription subscription = subscribe(1, client);
        turn();
        commit = CompletableFuture.failedFuture(new IllegalStateException("away"));
        CompletableFuture<Void> result =
                settlements.acknowledge(subscription.takeInFlight(client.token(0)), null, null);
        assertThat(result).isCompletedExceptionally();
        Awaitility.await().untilAsserted(() -> assertThat(index.hasReady(QUEUE)).isTrue());
        turn();
        assertThat(client.frames).hasSize(2);
    }

    @Test
    void aPayloadThatCannotBeReadIsTriedAgainAndStopsNoOther() {
        payloads.brokenFrom = 0;
        arrive(delivery(1));
        Client client = new Client();
        subscribe(1, client);
        turn();
        assertThat(client.frames).isEmpty();
        payloads.brokenFrom = Long.MAX_VALUE;
        arrive(delivery(2));
        turn();
        assertThat(client.messageIds()).containsExactly("FL-LAB_DAT_20251008_002");
        Awaitility.await().untilAsserted(() -> assertThat(index.hasReady(QUEUE)).isTrue());
        assertThat(client.closed).isFalse();
    }

    @Test
    void breaksTheConnectionOffWhenALargeMessageCannotBeEnded() {
        payloads.brokenFrom = Manifest.PART_SIZE;
        arrive(delivery(1, null, new PayloadRef(1, 0, 10, 2L * Manifest.PART_SIZE)));
        Client client = new Client();
        subscribe(1, client);
        turn();
        assertThat(client.frames).hasSize(1);
        assertThat(client.closed).isTrue();
    }

    private void limit(int deliveries) {
        index.apply(Map.of(
                QUEUE, new QueueRules(false, null, deliveries, Duration.ofMillis(1), Duration.ofMillis(1), 0, 0)));
    }

    @Test
    void aMessageThatEndsItsConsumersForADayIsADeadLetterAndTakesNoOtherWithIt() {
        index.apply(Map.of(QUEUE, new QueueRules(false, null, 5, Duration.ofMillis(20), Duration.ofMillis(200), 0, 0)));
        arrive(delivery(1), delivery(2), delivery(3));
        List<String> acknowledged = new ArrayList<>();
        for (int consumer = 0; consumer < 12; consumer++) {
            consumeAndCrashAtTheFirst(acknowledged);
            Awaitility.await().until(() -> index.hasReady(QUEUE));
        }
        assertThat(acknowledged).containsExactlyInAnyOrder("FL-LAB_DAT_20251008_002", "FL-LAB_DAT_20251008_003");
        assertThat(settled)
                .as("the fault may be the consumer's own: ends of connections alone make no dead letter within a day")
                .extracting(Settlement::outcome)
                .doesNotContain(Outcome.DEAD_LETTERED);

        now.updateAndGet(before -> before.plus(Duration.ofDays(1)));
        consumeAndCrashAtTheFirst(acknowledged);

        assertThat(settled)
                .filteredOn(each -> each.outcome() == Outcome.DEAD_LETTERED)
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.messageNumber()).isEqualTo(1);
                    assertThat(each.attempts()).isGreaterThan(5);
                    assertThat(each.reason()).contains("times").contains("delivery_limit");
                    assertThat(each.lastError()).contains("connection ended");
                });
    }

    private void consumeAndCrashAtTheFirst(List<String> acknowledged) {
        Client client = new Client();
        Subscription subscription = subscribe(10, client);
        turn();
        for (int i = 0; i < client.frames.size(); i++) {
            // The first message ends whoever reads it; what was read before it is settled.
            if (client.messageIds().get(i).endsWith("_001")) {
                break;
            }
            acknowledged.add(client.messageIds().get(i));
            settlements.acknowledge(subscription.takeInFlight(client.token(i)), null, null);
            turn();
        }
        dispatcher.remove(subscription);
        turn();
    }

    @Test
    void refusalsCountTowardTheLimitAndEndsOfConnectionsBetweenThemDoNot() {
        limit(2);
        arrive(delivery(1));
        List<Outcome> expected = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (int crash = 0; crash < 2; crash++) {
                consumeAndCrashAtTheFirst(new ArrayList<>());
                Awaitility.await().until(() -> index.hasReady(QUEUE));
            }
            Client client = new Client();
            Subscription subscription = subscribe(1, client);
            turn();
            settlements.retryLater(subscription.takeInFlight(client.token(0)), "disk full");
            dispatcher.remove(subscription);
            Awaitility.await().until(() -> index.depths().get(QUEUE).away() == 0);
            expected.addAll(List.of(Outcome.RETURNED, Outcome.RETURNED));
            expected.add(round == 0 ? Outcome.RETURNED : Outcome.DEAD_LETTERED);
        }
        assertThat(settled).extracting(Settlement::outcome).containsExactlyElementsOf(expected);
        assertThat(settled.get(5).returns().refused()).isEqualTo(2);
        assertThat(settled.get(5).attempts()).isEqualTo(6);
    }

    @Test
    void aDeliveryThatIsGivenBackTooOftenIsADeadLetterWithItsLastError() {
        limit(2);
        arrive(delivery(1));
        Client client = new Client();
        Subscription subscription = subscribe(1, client);
        turn();
        settlements.retryLater(subscription.takeInFlight(client.token(0)), "disk full");
        Awaitility.await().untilAsserted(() -> assertThat(index.hasReady(QUEUE)).isTrue());
        turn();
        settlements.retryLater(subscription.takeInFlight(client.token(1)), "disk broken");
        assertThat(settled).extracting(Settlement::outcome).containsExactly(Outcome.RETURNED, Outcome.DEAD_LETTERED);
        assertThat(settled).extracting(Settlement::lastError).containsExactly("disk full", "disk broken");
        assertThat(settled).extracting(Settlement::attempts).containsExactly(1, 2);
    }

    @Test
    void aMessageThatWasCutOffInTheMiddleHasHadNoAttempt() {
        limit(1);
        arrive(delivery(1, null, new PayloadRef(1, 0, 10, 40L * Manifest.PART_SIZE)));
        for (int cut = 0; cut < 10; cut++) {
            Client client = new Client();
            Subscription subscription = subscribe(1, client);
            turns.remove().run();
            assertThat(client.frames).isNotEmpty();
            assertThat(client.frames.get(0).header("attempt")).isEqualTo("1");
            dispatcher.remove(subscription);
            turns.clear();
        }
        assertThat(settled).isEmpty();
        assertThat(index.hasReady(QUEUE)).isTrue();
    }

    @Test
    void waitsOnceForAClientThatDoesNotReadHoweverMuchArrives() {
        Client client = new Client();
        client.writable = false;
        Subscription subscription = subscribe(1, client);
        for (int arrival = 0; arrival < 100; arrival++) {
            subscription.wake();
            turn();
        }
        assertThat(client.waiting).hasSize(1);
        arrive(delivery(1));
        client.takesFramesAgain();
        turn();
        assertThat(client.messageIds()).hasSize(1);
    }

    private static final class Client extends NotingConnection {
        String token(int frame) {
            return frames.get(frame).header(Headers.ACK);
        }

        List<String> parts() {
            return frames.stream()
                    .map(each -> each.header(Headers.PART) + " " + each.body().length)
                    .toList();
        }

        List<String> messageIds() {
            return frames.stream().map(each -> each.header(Headers.MESSAGE_ID)).toList();
        }
    }
}
