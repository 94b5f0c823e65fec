package io.saddlebag.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LiveHeapTest {
    @Test
    void asksARunningJvm() throws Exception {
        assertThat(LiveHeap.megabytes(ProcessHandle.current().pid())).isBetween(1.0, 10_000.0);
    }

    @Test
    void knowsNothingWhereNothingIsSummedUp() {
        assertThat(LiveHeap.total(List.of("1234:", "Could not attach"))).isNull();
    }
}
