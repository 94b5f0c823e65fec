package io.saddlebag.hq.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FreeSpaceTest {
    private final AtomicLong free = new AtomicLong(2000);
    private final FreeSpace space = new FreeSpace(1000, free::get);

    private boolean lowWith(long bytes) {
        free.set(bytes);
        space.look();
        return space.isLow();
    }

    @Test
    void isLowBelowTheMarkAndClearsByItselfSomewhatAboveIt() {
        assertThat(lowWith(1000)).isFalse();
        assertThat(lowWith(999)).isTrue();
        assertThat(lowWith(1099)).isTrue();
        assertThat(lowWith(1100)).isFalse();
    }

    @Test
    void aMarkOfNothingIsNeverPassed() {
        FreeSpace unwatched = new FreeSpace(0, free::get);
        free.set(0);
        unwatched.look();
        assertThat(unwatched.isLow()).isFalse();
    }
}
