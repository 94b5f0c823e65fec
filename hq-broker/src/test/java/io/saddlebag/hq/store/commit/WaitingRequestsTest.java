package io.saddlebag.hq.store.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingRequestsTest {
    private final WaitingRequests<String> waiting = new WaitingRequests<>(2, 1 << 20, String::length);

    private List<String> take(int count) throws InterruptedException {
        return waiting.take(count, 1 << 20, 0);
    }

    @Test
    void givesThemInTheirOrderWithinTheLimits() throws Exception {
        assertThat(waiting.add("first")).isTrue();
        waiting.add("second");
        assertThat(take(1)).containsExactly("first");
        assertThat(take(0)).isEmpty();
        assertThat(take(5)).containsExactly("second");
        assertThat(take(5)).isEmpty();
    }

    @Test
    void endsAGroupWithTheOneThatMakesItLarge() throws Exception {
        waiting.add("four");
        waiting.add("five!");
        waiting.add("more");
        assertThat(waiting.take(10, 5, 0)).containsExactly("four", "five!");
    }

    @Test
    void isSaturatedAtItsLimitAndTakesNoMoreAtTwiceThat() {
        waiting.add("1");
        assertThat(waiting.isSaturated()).isFalse();
        waiting.add("2");
        assertThat(waiting.isSaturated()).isTrue();
        assertThat(waiting.add("3")).isTrue();
        assertThat(waiting.add("4")).isTrue();
        assertThat(waiting.add("5")).isFalse();
    }

    @Test
    void isSaturatedByBytesToo() {
        WaitingRequests<String> small = new WaitingRequests<>(100, 15, String::length);
        small.add("eight888");
        assertThat(small.isSaturated()).isFalse();
        small.add("seven77");
        assertThat(small.isSaturated()).isTrue();
    }

    @Test
    void givesReliefOnceThereIsRoomThoughOneWhoWaitedFails() throws Exception {
        List<String> relieved = new ArrayList<>();
        waiting.onRelief(() -> relieved.add("at once"));
        waiting.add("1");
        waiting.add("2");
        waiting.onRelief(() -> {
            throw new IllegalStateException("this one fails");
        });
        waiting.onRelief(() -> relieved.add("later"));
        assertThat(relieved).containsExactly("at once");
        take(1);
        take(1);
        assertThat(relieved).containsExactly("at once", "later");
    }

    @Test
    void takesNothingOnceClosedAndGivesWhatWaits() throws Exception {
        waiting.add("1");
        waiting.close();
        assertThat(waiting.add("2")).isFalse();
        assertThat(waiting.isClosedAndEmpty()).isFalse();
        assertThat(waiting.drain()).hasSize(1);
        assertThat(waiting.isClosedAndEmpty()).isTrue();
    }
}
