package io.saddlebag.hq.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueueRulesTest {
    @Test
    void pausesDoubleUpToTheLongest() {
        QueueRules rules = new QueueRules(false, null, 0, Duration.ofSeconds(1), Duration.ofSeconds(10), 0, 0);
        List<Long> seconds = IntStream.rangeClosed(0, 7)
                .mapToObj(attempts -> rules.pauseAfter(attempts).toSeconds())
                .toList();
        assertThat(seconds).containsExactly(1L, 1L, 2L, 4L, 8L, 10L, 10L, 10L);
        assertThat(rules.pauseAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(10));
    }
}
