package io.saddlebag.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.log.WorkUnderWay.Progress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkUnderWayTest {
    private static final long MIB = 1L << 20;

    private final AtomicLong nanos = new AtomicLong();
    private final WorkUnderWay underWay = new WorkUnderWay(nanos::get);

    private void pass(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void showsLargeWorkWithItsRateUntilItsLastByte() {
        ProgressLog small = underWay.begin("small", "sending", MIB);
        ProgressLog large = underWay.begin("large", "sending", 40 * MIB);
        pass(10);
        small.add(1);
        large.add(20 * MIB);

        assertThat(underWay.look())
                .containsExactly(new Progress("large", "sending", 20 * MIB, 40 * MIB, Duration.ofSeconds(10), 2 * MIB));

        large.add(20 * MIB);
        assertThat(underWay.look()).isEmpty();
    }

    @Test
    void forgetsWorkThatBrokeOff() {
        ProgressLog broken = underWay.begin("broken", "receiving", 40 * MIB);
        broken.add(MIB);
        pass(60);
        assertThat(underWay.look()).hasSize(1);
        pass(1);
        assertThat(underWay.look()).isEmpty();
    }
}
