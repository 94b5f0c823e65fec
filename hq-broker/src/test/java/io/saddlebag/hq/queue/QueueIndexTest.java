package io.saddlebag.hq.queue;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QueueIndexTest {
    private final MemoryStores.Rows rows = new MemoryStores.Rows();
    private final Queue<Runnable> loads = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();

    private QueueIndex index(int capacity) {
        QueueIndex index = new QueueIndex(rows, loads::add, capacity);
        index.onReady(told::add);
        return index;
    }

    private void load() {
        while (!loads.isEmpty()) {
            loads.remove().run();
        }
    }

    private long taken(QueueIndex index) {
        Waiting waiting = index.take(QUEUE);
        return waiting == null ? -1 : waiting.delivery().messageNumber();
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
        Waiting first = index.take(QUEUE);
        index.giveBack(first);
        assertThat(List.of(taken(index), taken(index))).containsExactly(1L, 2L);
    }

    @Test
    void aFinishedDeliveryCannotBeGivenBack() {
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        index.arrived(List.of(rows.add(delivery(1))));
        Waiting first = index.take(QUEUE);
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
        assertThat(index.depths().get(QUEUE)).isEqualTo(new QueueDepth(0, 1000, false));
    }

    @Test
    void doesNotTwiceHandOutWhatAPageBroughtBeforeItsArrivalWasTold() {
        QueueIndex index = index(10);
        rows.add(delivery(1));
        index.load(List.of(QUEUE));
        load();
        Waiting first = index.take(QUEUE);
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

    @Test
    void singlesOutWhatHasExpired() {
        Instant now = Instant.parse("2025-10-09T00:00:00Z");
        rows.add(delivery(1, now.minusSeconds(1)));
        rows.add(delivery(2, now.plusSeconds(1)));
        rows.add(delivery(3));
        QueueIndex index = index(10);
        index.load(List.of(QUEUE));
        load();
        assertThat(index.takeExpired(now))
                .singleElement()
                .satisfies(each -> assertThat(each.delivery().messageNumber()).isEqualTo(1));
        assertThat(index.depths().get(QUEUE)).isEqualTo(new QueueDepth(2, 1, false));
    }

    /** Commits, late news of them, loads, takes, settlements and give-backs in any order: each is settled exactly once. */
    @Test
    void losesNothingAndDoublesNothingInAnyOrderOfEvents() {
        for (long seed = 1; seed <= 300; seed++) {
            new Simulation(seed).run();
        }
    }

    private final class Simulation {
        private final Random random;
        private final QueueIndex index;
        private final long seed;
        private final List<Runnable> news = new ArrayList<>();
        private final List<Waiting> away = new ArrayList<>();
        private final Map<Long, Integer> settled = new HashMap<>();
        private long lastNumber;

        Simulation(long seed) {
            this.seed = seed;
            random = new Random(seed);
            rows.waiting.clear();
            loads.clear();
            index = index(2 + random.nextInt(6));
        }

        void run() {
            int before = random.nextInt(10);
            for (int i = 0; i < before; i++) {
                rows.add(delivery(++lastNumber));
            }
            index.load(List.of(QUEUE));
            for (int step = 0; step < 300; step++) {
                step();
            }
            news.forEach(Runnable::run);
            drain();
            for (long number = 1; number <= lastNumber; number++) {
                assertThat(settled.get(number))
                        .as("seed %d, message %d", seed, number)
                        .isEqualTo(1);
            }
        }

        private void step() {
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    var committed = rows.add(delivery(++lastNumber));
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
                    Waiting waiting = index.take(QUEUE);
                    if (waiting != null) {
                        away.add(waiting);
                    }
                }
                case 5 -> {
                    if (!away.isEmpty()) {
                        settle(away.remove(random.nextInt(away.size())));
                    }
                }
                default -> {
                    if (!away.isEmpty()) {
                        index.giveBack(away.remove(random.nextInt(away.size())));
                    }
                }
            }
        }

        private void settle(Waiting waiting) {
            settled.merge(waiting.delivery().messageNumber(), 1, Integer::sum);
            rows.waiting.remove(waiting.delivery().messageNumber());
            index.finished(waiting);
        }

        private void drain() {
            List.copyOf(away).forEach(this::settle);
            away.clear();
            index.load(List.of(QUEUE));
            load();
            for (Waiting next = index.take(QUEUE); next != null; next = index.take(QUEUE)) {
                settle(next);
                load();
            }
        }
    }
}
