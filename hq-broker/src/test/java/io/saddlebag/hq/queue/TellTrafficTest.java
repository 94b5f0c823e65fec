package io.saddlebag.hq.queue;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TellTrafficTest {
    private final QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
    private final TellTraffic tell = new TellTraffic(index);

    @Test
    void tellsWhatCameAndEndedSinceTheLastTime() {
        index.load(List.of(QUEUE, "a_queue_where_nothing_happens"));
        index.arrived(List.of(delivery(1), delivery(2)));
        index.finished(index.take(QUEUE));
        assertThat(tell.changes()).isEqualTo(Map.of(QUEUE, new QueueTraffic(2, 1, 1)));
        assertThat(tell.changes()).isEmpty();

        index.giveBack(index.take(QUEUE));
        assertThat(tell.changes()).isEmpty();
        index.finished(index.take(QUEUE));
        assertThat(tell.changes()).isEqualTo(Map.of(QUEUE, new QueueTraffic(0, 1, 0)));
    }
}
