package io.saddlebag.hq.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeNumbersTest {
    private static final long NOW = 1_790_000_000_000_000L;

    private final AtomicLong micros = new AtomicLong(NOW);

    @Test
    void bearsTheTimeAndTheSlot() {
        assertThat(new NodeNumbers(5, micros::get).applyAsLong(0)).isEqualTo(NOW * 64 + 5);
    }

    @Test
    void ascendsWithinAMicrosecondAndWhenTheClockGoesBack() {
        NodeNumbers numbers = new NodeNumbers(5, micros::get);
        long first = numbers.applyAsLong(0);
        long second = numbers.applyAsLong(first);
        micros.addAndGet(-1_000_000);
        long third = numbers.applyAsLong(second);

        assertThat(second).isEqualTo((NOW + 1) * 64 + 5);
        assertThat(third).isEqualTo((NOW + 2) * 64 + 5);
    }

    @Test
    void isAboveTheNumbersOfASingleHeadquartersAndOfAnySlot() {
        assertThat(new NodeNumbers(1, micros::get).applyAsLong(12_345)).isEqualTo(NOW * 64 + 1);
        assertThat(new NodeNumbers(1, micros::get).applyAsLong(NOW * 64 + 63)).isEqualTo((NOW + 1) * 64 + 1);
    }

    @Test
    void noTwoNodesGiveTheSameOne() {
        Set<Long> given = new HashSet<>();
        for (int slot = 1; slot <= NodeNumbers.SLOTS; slot++) {
            NodeNumbers numbers = new NodeNumbers(slot, micros::get);
            long last = 0;
            for (int i = 0; i < 100; i++) {
                last = numbers.applyAsLong(last);
                assertThat(given.add(last)).isTrue();
            }
        }
    }

    @Test
    void refusesASlotThatTheNumberHasNoRoomFor() {
        assertThatThrownBy(() -> new NodeNumbers(0, micros::get)).hasMessageContaining("found 0");
        assertThatThrownBy(() -> new NodeNumbers(64, micros::get)).hasMessageContaining("found 64");
    }
}
