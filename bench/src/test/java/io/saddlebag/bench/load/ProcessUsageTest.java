package io.saddlebag.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcessUsageTest {
    @Test
    void asksARunningJvm() throws Exception {
        assertThat(ProcessUsage.liveHeap(ProcessHandle.current().pid())).isBetween(1.0, 10_000.0);
    }

    @Test
    void knowsNothingWhereNothingIsSummedUp() {
        assertThat(ProcessUsage.totalHeap(List.of("1234:", "Could not attach"))).isNull();
    }
}
