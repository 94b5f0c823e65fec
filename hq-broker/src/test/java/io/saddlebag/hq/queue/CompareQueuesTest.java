package io.saddlebag.hq.queue;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompareQueuesTest {
    private final QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
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
}
