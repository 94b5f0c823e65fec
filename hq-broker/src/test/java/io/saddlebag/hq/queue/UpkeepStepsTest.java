package io.saddlebag.hq.queue;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.store.DoubtLimit;
import io.saddlebag.hq.store.MemoryMessageStore;
import io.saddlebag.hq.store.MemoryPayloadStore;
import io.saddlebag.hq.store.MessageStore.Changes;
import io.saddlebag.hq.store.MessageStore.Discarded;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.message.Priority;
import io.saddlebag.testing.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class UpkeepStepsTest {
    private final MemoryStores.Rows rows = new MemoryStores.Rows();
    private final QueueIndex index = new QueueIndex(rows, Runnable::run, 10);
    private final MemoryMessageStore messages = new MemoryMessageStore();
    private final SettableClock clock = SettableClock.still(Samples.NOW);
    private final MemoryPayloadStore payloads = new MemoryPayloadStore(clock);
    private final AtomicLong term = new AtomicLong(1);
    private final Map<QueuedDelivery, Settlement> settled = new LinkedHashMap<>();
    private final List<Discarded> givenUp = new ArrayList<>();
    private final UpkeepSteps steps = new UpkeepSteps(
            index,
            messages,
            payloads,
            term::get,
            new DoubtLimit(messages, new RunningTime(clock, clock)),
            clock,
            settled::put,
            givenUp::add);

    @Test
    void reportsADifferenceOnlyWhenItStays() {
        index.load(List.of(QUEUE));
        index.arrived(List.of(delivery(1)));
        assertThat(steps.compare(Map.of(QUEUE, 1L))).isEmpty();
        assertThat(steps.compare(Map.of(QUEUE, 3L))).isEmpty();
        assertThat(steps.compare(Map.of(QUEUE, 2L))).isEmpty();
        assertThat(steps.compare(Map.of(QUEUE, 2L))).containsExactly(QUEUE);
        assertThat(steps.compare(Map.of(QUEUE, 1L))).isEmpty();
    }

    @Test
    void seesWhatOnlyMemoryHolds() {
        index.load(List.of(QUEUE));
        index.arrived(List.of(delivery(1)));
        steps.compare(Map.of());
        assertThat(steps.compare(Map.of())).containsExactly(QUEUE);
    }

    @Test
    void pagesInWhatMemoryWasNeverToldOf() {
        index.load(List.of(QUEUE));
        index.arrived(List.of(rows.add(delivery(2))));
        PendingDelivery away = index.take(QUEUE);
        rows.add(delivery(1));
        rows.add(delivery(3, Priority.HIGH));
        steps.compare(Map.of(QUEUE, 3L));
        assertThat(index.hasReady(QUEUE)).as("it may be told of in a moment").isFalse();
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(List.of(Map.of("queue_name", QUEUE, "waiting", 3L)));
        steps.compareQueues(exchange);
        assertThat(index.take(QUEUE).delivery().messageNumber()).isEqualTo(3);
        assertThat(index.take(QUEUE).delivery().messageNumber()).isEqualTo(1);
        assertThat(index.take(QUEUE)).isNull();
        index.giveBack(away);
        assertThat(index.take(QUEUE)).isSameAs(away);
    }

    @Test
    void tellsWhatCameAndEndedSinceTheLastTime() {
        index.load(List.of(QUEUE, "a_queue_where_nothing_happens"));
        index.arrived(List.of(delivery(1), delivery(2)));
        index.finished(index.take(QUEUE));
        assertThat(steps.changedTraffic()).isEqualTo(Map.of(QUEUE, new QueueIndex.Traffic(2, 1, 1)));
        assertThat(steps.changedTraffic()).isEmpty();

        index.giveBack(index.take(QUEUE));
        assertThat(steps.changedTraffic()).isEmpty();
        index.finished(index.take(QUEUE));
        assertThat(steps.changedTraffic()).isEqualTo(Map.of(QUEUE, new QueueIndex.Traffic(0, 1, 0)));
    }

    @Test
    void logsTheTrafficOnce() {
        index.arrived(List.of(delivery(1)));
        steps.tellTraffic(null);
        assertThat(steps.changedTraffic()).isEmpty();
    }

    @Test
    void takesUpWhatOperatorsDidToDeadLetters() throws Exception {
        PayloadRef freed = Samples.put(payloads, Samples.manifest(2), Samples.body(2));
        messages.changed(new Changes(
                List.of(rows.add(delivery(1))),
                List.of(new Discarded(delivery(2), "bad-seal; discarded: a test")),
                List.of(freed),
                List.of(new Discarded(delivery(3), "wrong recipients")),
                true));
        index.load(List.of(QUEUE));
        term.set(0);
        steps.takeChanges(null);
        assertThat(payloads.size())
                .as("another headquarters may have the database")
                .isEqualTo(1);

        term.set(2);
        steps.takeChanges(null);
        assertThat(index.take(QUEUE).delivery().messageNumber()).isEqualTo(1);
        assertThat(payloads.size()).isZero();
        assertThat(settled.values()).singleElement().satisfies(end -> {
            assertThat(end.messageNumber()).isEqualTo(2);
            assertThat(end.outcome()).isEqualTo(Settlement.Outcome.DISCARDED);
            assertThat(end.reason()).isEqualTo("bad-seal; discarded: a test");
        });
        assertThat(givenUp).extracting(Discarded::reason).containsExactly("wrong recipients");
    }

    @Test
    void makesDeadLettersOfMessagesThatStayedDoubtfulTooLong() throws Exception {
        StoredPublication doubtful =
                new StoredPublication(1, Samples.publication(1, "CA-RC"), new PayloadRef(1, 1, 10, 100));
        messages.publish(List.of(doubtful), 0);
        messages.doubt(List.of(doubtful), clock.instant());
        steps.giveUpDoubtful(null);
        assertThat(settled).isEmpty();

        clock.advance(DoubtLimit.LIMIT.plus(Duration.ofMinutes(1)));
        term.set(0);
        steps.giveUpDoubtful(null);
        assertThat(settled).as("another headquarters may have the database").isEmpty();

        term.set(2);
        steps.giveUpDoubtful(null);
        assertThat(settled.values()).singleElement().satisfies(end -> {
            assertThat(end.messageNumber()).isEqualTo(1);
            assertThat(end.outcome()).isEqualTo(Settlement.Outcome.LOST);
            assertThat(end.settledTime()).isEqualTo(clock.instant());
        });
    }
}
