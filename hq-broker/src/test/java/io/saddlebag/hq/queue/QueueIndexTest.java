package io.saddlebag.hq.queue;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Priority;
import io.saddlebag.testing.RunningTimes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueIndexTest {
    private final MemoryStores.Rows rows = new MemoryStores.Rows();
    private final Queue<Runnable> loads = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();

    /** Runs once between the store's next answer and its being taken in. */
    private Runnable meanwhile = () -> {};

    private QueueIndex index(int capacity) {
        QueueIndex index = new QueueIndex(this::queued, loads::add, capacity);
        index.onReady(told::add);
        return index;
    }

    private List<QueuedDelivery> queued(String queue, Priority priority, long after, int limit) throws StoreException {
        List<QueuedDelivery> page = rows.queued(queue, priority, after, limit);
        Runnable now = meanwhile;
        meanwhile = () -> {};
        now.run();
        return page;
    }

    private void load() {
        while (!loads.isEmpty()) {
            loads.remove().run();
        }
    }

    private long taken(QueueIndex index) {
        PendingDelivery pending = index.take(QUEUE);
        return pending == null ? -1 : pending.delivery().messageNumber();
    }

    @Test
    void isRebuiltFromTheStoreInTheOrderOfCommit() {
        rows.add(delivery(3));
        rows.add(delivery(1));
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        assertThat(told).contains(QUEUE);
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(1L, 3L, -1L);
    }

    @Test
    void handsOutWhatAnOperatorGaveUpUnlessItIsAtAConsumer() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1)), rows.add(delivery(2))));
        PendingDelivery away = index.take(QUEUE);

        PendingDelivery ready = index.takeGivenUp(delivery(2), "gone");
        assertThat(ready.discardReason()).isEqualTo("gone");
        assertThat(taken(index)).isEqualTo(-1);
        index.finished(ready);

        assertThat(index.takeGivenUp(delivery(1), "gone")).isNull();
        assertThat(away.discardReason()).isEqualTo("gone");
        index.rest(away);
        assertThat(index.takeGivenUp(delivery(1), "gone"))
                .as("it waits out a pause")
                .isSameAs(away);
        assertThat(index.takeGivenUp(delivery(1), "gone"))
                .as("it is being settled")
                .isNull();
        index.finished(away);
        index.giveBack(away);
        assertThat(taken(index)).as("the pause is over").isEqualTo(-1);
        assertThat(index.takeGivenUp(delivery(2), "gone"))
                .as("it has ended since the store was asked")
                .isNull();
        index.arrived(List.of(rows.add(delivery(3))));
        assertThat(index.load(QUEUE).messages()).isOne();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handsOutWhatAnOperatorGaveUpBeforeItsPageCame(boolean ordered) {
        rows.add(delivery(1));
        rows.add(delivery(2));
        QueueIndex index = index(10);
        index.apply(
                Map.of(QUEUE, new QueueRules(ordered, null, 0, Duration.ofSeconds(1), Duration.ofSeconds(10), 0, 0)));
        PendingDelivery unseen = index.takeGivenUp(delivery(1), "gone");
        index.load(List.of(QUEUE));
        load();
        assertThat(taken(index)).isEqualTo(ordered ? -1 : 2);
        index.finished(unseen);
        assertThat(taken(index)).isEqualTo(ordered ? 2 : -1);
    }

    @Test
    void handsEachDeliveryOutOnce() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1))));
        assertThat(List.of(taken(index), taken(index))).containsExactly(1L, -1L);
    }

    @Test
    void aDeliveryGivenBackWaitsInItsOldPlace() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1)), rows.add(delivery(2))));
        PendingDelivery first = index.take(QUEUE);
        index.giveBack(first);
        assertThat(List.of(taken(index), taken(index))).containsExactly(1L, 2L);
    }

    @Test
    void aFinishedDeliveryCannotBeGivenBack() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1))));
        PendingDelivery first = index.take(QUEUE);
        index.finished(first);
        index.giveBack(first);
        assertThat(taken(index)).isEqualTo(-1);
    }

    @Test
    void holdsABoundedRunOfALongBacklogAndPagesTheRestIn() {
        QueueIndex index = index(10);
        for (int number = 1; number <= 1000; number++) {
            rows.add(delivery(number));
        }
        index.load(List.of(QUEUE));
        load();
        for (int number = 1; number <= 1000; number++) {
            assertThat(index.depths().get(QUEUE).ready()).isLessThanOrEqualTo(10);
            assertThat(taken(index)).isEqualTo(number);
            load();
        }
        assertThat(taken(index)).isEqualTo(-1);
        assertThat(index.depths().get(QUEUE)).isEqualTo(new QueueIndex.Depth(0, 1000, false));
    }

    @Test
    void doesNotTwiceHandOutWhatAPageBroughtBeforeItsArrivalWasTold() {
        QueueIndex index = index(10);
        rows.add(delivery(1));
        index.load(List.of(QUEUE));
        load();
        PendingDelivery first = index.take(QUEUE);
        rows.waiting.remove(1L);
        index.finished(first);
        index.arrived(List.of(delivery(1)));
        load();
        assertThat(taken(index)).isEqualTo(-1);
    }

    @Test
    void takesInAnArrivalThatIsToldLate() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        rows.add(delivery(1));
        index.arrived(List.of(rows.add(delivery(2))));
        index.arrived(List.of(delivery(1)));
        load();
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(1L, 2L, -1L);
    }

    @Test
    void triesAgainWhenTheStoreWasAway() {
        rows.add(delivery(1));
        rows.broken = true;
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        assertThat(index.hasReady(QUEUE)).isFalse();
        rows.broken = false;
        index.load(List.of(QUEUE));
        load();
        assertThat(taken(index)).isEqualTo(1);
    }

    private static RunningTime at(Instant now) {
        return RunningTimes.sinceEver(Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void singlesOutWhatHasExpired() {
        Instant now = Instant.parse("2025-10-09T00:00:00Z");
        rows.add(delivery(1, now.minusSeconds(1)));
        rows.add(delivery(2, now.plusSeconds(1)));
        rows.add(delivery(3));
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        assertThat(index.takeExpired(at(now), 10))
                .singleElement()
                .satisfies(each -> assertThat(each.delivery().messageNumber()).isEqualTo(1));
        assertThat(index.depths().get(QUEUE)).isEqualTo(new QueueIndex.Depth(2, 1, false));
    }

    @Test
    void singlesOutNoMoreThanAskedForAndPagesInWhatWaitsBehind() {
        Instant now = Instant.parse("2025-10-09T00:00:00Z");
        for (int number = 1; number <= 25; number++) {
            rows.add(delivery(number, now));
        }
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        List<Integer> sweeps = new ArrayList<>();
        for (int found = -1; found != 0; ) {
            found = index.takeExpired(at(now), 7).size();
            load();
            sweeps.add(found);
        }
        assertThat(sweeps).allMatch(found -> found <= 7).satisfies(all -> assertThat(
                        all.stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(25));
    }

    @Test
    void handsOutMoreOfAHigherPriorityAndStarvesNone() {
        QueueIndex index = index(1000);
        for (int number = 1; number <= 300; number++) {
            rows.add(delivery(number, Priority.values()[number % 3]));
        }
        index.load(List.of(QUEUE));
        load();
        Map<Priority, Integer> first = new EnumMap<>(Priority.class);
        for (int i = 0; i < 100; i++) {
            first.merge(index.take(QUEUE).delivery().priority(), 1, Integer::sum);
        }
        assertThat(first).isEqualTo(Map.of(Priority.HIGH, 60, Priority.NORMAL, 30, Priority.LOW, 10));
    }

    @Test
    void aHighOneThatArrivesLateOvertakesABacklogThatIsStillInTheStore() {
        QueueIndex index = index(4);
        for (int number = 1; number <= 50; number++) {
            rows.add(delivery(number, Priority.LOW));
        }
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(51, Priority.HIGH))));
        assertThat(taken(index)).isEqualTo(51);
        for (int number = 1; number <= 50; number++) {
            load();
            assertThat(taken(index)).isEqualTo(number);
        }
    }

    private QueueIndex ordered() {
        QueueIndex index = index(100);
        index.apply(Map.of(QUEUE, new QueueRules(true, null, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 0)));
        index.load(List.of(QUEUE));
        load();
        return index;
    }

    @Test
    void anOrderedQueueGivesASendersNextOnlyOnceTheOneBeforeIsSettled() {
        QueueIndex index = ordered();
        index.arrived(List.of(
                rows.add(delivery(1, "FL-LAB")), rows.add(delivery(2, "FL-LAB")), rows.add(delivery(3, "PA-LAB"))));
        PendingDelivery first = index.take(QUEUE);
        assertThat(List.of(first.delivery().messageNumber(), taken(index), taken(index)))
                .containsExactly(1L, 3L, -1L);
        told.clear();
        index.finished(first);
        assertThat(told).containsExactly(QUEUE);
        assertThat(taken(index)).isEqualTo(2);
    }

    @Test
    void oneThatComesBackHoldsUpItsOwnSenderOnly() {
        QueueIndex index = ordered();
        index.arrived(List.of(
                rows.add(delivery(1, "FL-LAB")), rows.add(delivery(2, "FL-LAB")), rows.add(delivery(3, "PA-LAB"))));
        PendingDelivery first = index.take(QUEUE);
        index.rest(first);
        PendingDelivery other = index.take(QUEUE);
        assertThat(other.delivery().messageNumber()).isEqualTo(3);
        index.finished(other);
        index.arrived(List.of(rows.add(delivery(4, "PA-LAB"))));
        assertThat(List.of(taken(index), taken(index))).containsExactly(4L, -1L);
        index.giveBack(first);
        assertThat(List.of(taken(index), taken(index))).containsExactly(1L, -1L);
    }

    @Test
    void aQueueThatBecomesOrderedWaitsForWhatIsAway() {
        QueueIndex index = index(100);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1)), rows.add(delivery(2)), rows.add(delivery(3))));
        PendingDelivery first = index.take(QUEUE);
        PendingDelivery second = index.take(QUEUE);
        index.apply(Map.of(QUEUE, new QueueRules(true, null, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 0)));
        assertThat(taken(index)).isEqualTo(-1);
        index.finished(first);
        assertThat(taken(index)).isEqualTo(-1);
        index.giveBack(second);
        assertThat(List.of(taken(index), taken(index))).containsExactly(2L, -1L);
        index.apply(Map.of(QUEUE, QueueRules.DEFAULT));
        assertThat(taken(index)).isEqualTo(3);
    }

    @Test
    void whatRestsCountsAsHeldSoThatRejectedOnesCannotFillTheMemory() {
        QueueIndex index = index(10);
        for (int number = 1; number <= 100; number++) {
            rows.add(delivery(number));
        }
        index.load(List.of(QUEUE));
        load();
        List<PendingDelivery> resting = new ArrayList<>();
        for (PendingDelivery next = index.take(QUEUE); next != null; next = index.take(QUEUE)) {
            index.rest(next);
            resting.add(next);
            load();
        }
        assertThat(resting).hasSizeLessThanOrEqualTo(16);
        index.giveBack(resting.get(0));
        assertThat(taken(index)).isEqualTo(1);
    }

    @Test
    void knowsHowMuchWaitsWhereverItIsHeld() {
        QueueIndex index = index(2);
        index.begin(Map.of(QUEUE, new QueueLoad(5, 500)));
        index.load(List.of(QUEUE));
        load();
        for (int number = 1; number <= 4; number++) {
            index.arrived(List.of(rows.add(delivery(number))));
        }
        assertThat(index.load(QUEUE)).isEqualTo(new QueueLoad(9, 900));
        load();
        index.finished(index.take(QUEUE));
        assertThat(index.load(QUEUE)).isEqualTo(new QueueLoad(8, 800));
    }

    @Test
    void aRequeuedOneWaitsAgainInItsOldPlaceAndOnce() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1)), rows.add(delivery(2))));
        PendingDelivery dead = index.take(QUEUE);
        rows.waiting.remove(1L);
        index.finished(dead);
        rows.add(dead.delivery());
        index.requeued(List.of(dead.delivery()));
        load();
        index.requeued(List.of(dead.delivery()));
        load();
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(1L, 2L, -1L);
        assertThat(index.load(QUEUE).messages()).isEqualTo(2);
    }

    @Test
    void aRequeuedOneOfAnEarlierRunComesThoughNothingElseWaits() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.requeued(List.of(rows.add(delivery(5))));
        load();
        index.arrived(List.of(rows.add(delivery(6))));
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(5L, 6L, -1L);
        assertThat(index.load(QUEUE).messages()).isEqualTo(2);
    }

    @Test
    void aRequeuedOneComesThoughAPageWasReadBeforeItWas() {
        QueueIndex index = index(10);
        rows.add(delivery(8));
        index.load(List.of(QUEUE));
        // Instead of the first page, that of the high ones.
        meanwhile = () -> index.requeued(List.of(rows.add(delivery(5, Priority.HIGH))));
        load();
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(5L, 8L, -1L);
    }

    @Test
    void aRequeuedOneKeepsItsOldPlaceBeforeAsMuchAsMemoryHolds() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        for (int number = 11; number <= 30; number++) {
            index.arrived(List.of(rows.add(delivery(number))));
        }
        index.requeued(List.of(rows.add(delivery(5))));
        load();
        assertThat(taken(index)).as("no room for it yet").isEqualTo(11);
        load();
        for (int number = 12; number <= 30; number++) {
            if (number == 12) {
                assertThat(taken(index)).isEqualTo(5);
            }
            load();
            assertThat(index.depths().get(QUEUE).ready()).isLessThanOrEqualTo(10);
            assertThat(taken(index)).isEqualTo(number);
        }
        assertThat(taken(index)).isEqualTo(-1);
    }

    @Test
    void holdsABoundedRunOfManyThatAreRequeuedAtOnce() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1001))));
        List<QueuedDelivery> all = new ArrayList<>();
        for (int number = 1; number <= 1000; number++) {
            all.add(rows.add(delivery(number)));
        }
        index.requeued(all);
        for (int number = 1; number <= 1001; number++) {
            load();
            assertThat(index.depths().get(QUEUE).ready()).isLessThanOrEqualTo(10);
            assertThat(taken(index)).isEqualTo(number);
        }
        assertThat(taken(index)).isEqualTo(-1);
        assertThat(index.load(QUEUE).messages()).isEqualTo(1001);
    }

    @Test
    void asksAgainForALateArrivalWhenTheStoreWasAway() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        rows.add(delivery(1));
        index.arrived(List.of(rows.add(delivery(2))));
        rows.broken = true;
        index.arrived(List.of(delivery(1)));
        load();
        rows.broken = false;
        index.load(List.of(QUEUE));
        load();
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(1L, 2L, -1L);
    }

    @Test
    void doesNotHandOutAgainWhatEndedWhileAPageWasRead() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(2)), rows.add(delivery(3))));
        PendingDelivery away = index.take(QUEUE);
        index.requeued(List.of(rows.add(delivery(1, Priority.NORMAL))));
        meanwhile = () -> {
            rows.waiting.remove(2L);
            index.finished(away);
        };
        load();
        assertThat(List.of(taken(index), taken(index), taken(index))).containsExactly(1L, 3L, -1L);
    }

    @Test
    void endsWhatWaitedLongerThanItsQueueAllows() {
        QueueIndex index = index(10);
        QueueRules rules =
                new QueueRules(false, Duration.ofDays(1), 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 0);
        index.apply(Map.of(QUEUE, rules));
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1))));
        assertThat(index.takeExpired(at(QueueFixture.SENT.plus(Duration.ofHours(23))), 10))
                .isEmpty();
        assertThat(index.takeExpired(at(QueueFixture.SENT.plus(Duration.ofHours(24))), 10))
                .hasSize(1);
    }

    /**
     * Commits, late news of them, loads, takes, settlements, give-backs, dead letters and requeues in any order, while pages
     * are read too: each is settled exactly once.
     */
    @Test
    void losesNothingAndDoublesNothingInAnyOrderOfEvents() {
        for (long seed = 1; seed <= 600; seed++) {
            new Simulation(seed).run();
        }
    }

    private final class Simulation {
        private final Random random;
        private final QueueIndex index;
        private final long seed;
        private final List<Runnable> news = new ArrayList<>();
        private final List<PendingDelivery> away = new ArrayList<>();
        private final List<QueuedDelivery> dead = new ArrayList<>();
        private final Map<Long, Integer> settled = new HashMap<>();
        private final boolean ordered;
        private final boolean dies;
        private boolean isDraining;
        private long lastNumber;

        Simulation(long seed) {
            this.seed = seed;
            random = new Random(seed);
            rows.waiting.clear();
            loads.clear();
            index = new QueueIndex(this::queued, loads::add, 2 + random.nextInt(6));
            ordered = random.nextBoolean();
            dies = random.nextBoolean();
            index.apply(Map.of(
                    QUEUE, new QueueRules(ordered, null, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 0)));
        }

        /** Much may happen between the store's answer and its being taken in. */
        private List<QueuedDelivery> queued(String queue, Priority priority, long after, int limit)
                throws StoreException {
            List<QueuedDelivery> page = rows.queued(queue, priority, after, limit);
            rows.broken = false;
            for (int steps = isDraining ? 0 : random.nextInt(4); steps > 0; steps--) {
                step();
            }
            return page;
        }

        void run() {
            int before = random.nextInt(10);
            for (int i = 0; i < before; i++) {
                rows.add(next());
            }
            index.begin(Map.of(QUEUE, new QueueLoad(before, 100L * before)));
            index.load(List.of(QUEUE));
            for (int step = 0; step < 300; step++) {
                step();
            }
            isDraining = true;
            List.copyOf(dead).forEach(this::requeue);
            while (!news.isEmpty()) {
                news.remove(0).run();
            }
            drain();
            for (long number = 1; number <= lastNumber; number++) {
                assertThat(settled.get(number))
                        .as("seed %d, message %d", seed, number)
                        .isEqualTo(1);
            }
        }

        private void step() {
            switch (random.nextInt(9)) {
                case 0, 1 -> {
                    var committed = rows.add(next());
                    news.add(() -> index.arrived(List.of(committed)));
                }
                case 2 -> {
                    if (!news.isEmpty()) {
                        news.remove(random.nextInt(Math.min(3, news.size()))).run();
                    }
                }
                case 3 -> {
                    if (!loads.isEmpty()) {
                        rows.broken = random.nextInt(10) == 0 && !loads.isEmpty() && news.isEmpty();
                        loads.remove().run();
                        rows.broken = false;
                    }
                }
                case 4 -> {
                    PendingDelivery pending = index.take(QUEUE);
                    if (pending != null) {
                        away.add(pending);
                    }
                }
                case 5 -> {
                    if (!away.isEmpty()) {
                        settle(away.remove(random.nextInt(away.size())));
                    }
                }
                case 6 -> {
                    if (!away.isEmpty()) {
                        index.giveBack(away.remove(random.nextInt(away.size())));
                    }
                }
                case 7 -> {
                    if (dies && !away.isEmpty()) {
                        PendingDelivery pending = away.remove(random.nextInt(away.size()));
                        rows.waiting.remove(pending.delivery().messageNumber());
                        index.finished(pending);
                        dead.add(pending.delivery());
                    }
                }
                default -> {
                    if (!dead.isEmpty()) {
                        requeue(dead.get(random.nextInt(dead.size())));
                    }
                }
            }
        }

        private void requeue(QueuedDelivery delivery) {
            dead.remove(delivery);
            rows.add(delivery);
            news.add(() -> index.requeued(List.of(delivery)));
        }

        private QueuedDelivery next() {
            lastNumber++;
            return ordered
                    ? delivery(lastNumber, random.nextBoolean() ? "FL-LAB" : "PA-LAB")
                    : delivery(lastNumber, Priority.values()[random.nextInt(3)]);
        }

        private void settle(PendingDelivery pending) {
            settled.merge(pending.delivery().messageNumber(), 1, Integer::sum);
            rows.waiting.remove(pending.delivery().messageNumber());
            index.finished(pending);
        }

        private void drain() {
            List.copyOf(away).forEach(this::settle);
            away.clear();
            index.load(List.of(QUEUE));
            load();
            for (PendingDelivery next = index.take(QUEUE); next != null; next = index.take(QUEUE)) {
                settle(next);
                load();
            }
            if (!dies) {
                assertThat(index.load(QUEUE)).as("seed %d", seed).isEqualTo(QueueLoad.NONE);
            }
        }
    }
}
