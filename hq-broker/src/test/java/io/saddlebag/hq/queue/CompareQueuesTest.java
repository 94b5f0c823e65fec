package io.saddlebag.hq.queue;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Priority;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompareQueuesTest {
    private final MemoryStores.Rows rows = new MemoryStores.Rows();
    private final QueueIndex index = new QueueIndex(rows, Runnable::run, 10);
    private final CompareQueues compare = new CompareQueues(index);

    @Test
    void reportsADifferenceOnlyWhenItStays() {
        index.load(List.of(QUEUE));
        index.arrived(List.of(delivery(1)));
        assertThat(compare.compare(Map.of(QUEUE, 1L))).isEmpty();
        assertThat(compare.compare(Map.of(QUEUE, 3L))).isEmpty();
        assertThat(compare.compare(Map.of(QUEUE, 2L))).isEmpty();
        assertThat(compare.compare(Map.of(QUEUE, 2L))).containsExactly(QUEUE);
        assertThat(compare.compare(Map.of(QUEUE, 1L))).isEmpty();
    }

    @Test
    void seesWhatOnlyMemoryHolds() {
        index.load(List.of(QUEUE));
        index.arrived(List.of(delivery(1)));
        compare.compare(Map.of());
        assertThat(compare.compare(Map.of())).containsExactly(QUEUE);
    }

    @Test
    void pagesInWhatMemoryWasNeverToldOf() {
        index.load(List.of(QUEUE));
        index.arrived(List.of(rows.add(delivery(2))));
        Waiting away = index.take(QUEUE);
        rows.add(delivery(1));
        rows.add(delivery(3, Priority.HIGH));
        compare.compare(Map.of(QUEUE, 3L));
        assertThat(index.hasReady(QUEUE)).as("it may be told of in a moment").isFalse();
        compare.compare(Map.of(QUEUE, 3L));
        assertThat(index.take(QUEUE).delivery().messageNumber()).isEqualTo(3);
        assertThat(index.take(QUEUE).delivery().messageNumber()).isEqualTo(1);
        assertThat(index.take(QUEUE)).isNull();
        index.giveBack(away);
        assertThat(index.take(QUEUE)).isSameAs(away);
    }
}
