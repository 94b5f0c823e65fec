package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.WaitingRequests.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WaitingRequestsTest {
    private final WaitingRequests waiting = new WaitingRequests(2, 1 << 20);

    private static CommitRequest.Publish publish(int number) {
        return new CommitRequest.Publish(
                Samples.publication(number, "CA-RC"), new byte[10], null, new CompletableFuture<>());
    }

    private static CommitRequest.Settle settle(long number) {
        return new CommitRequest.Settle(Samples.acknowledged(number, "CA-RC"), new CompletableFuture<>());
    }

    private Group take(int publishes, int settles) throws InterruptedException {
        Group group = new Group();
        waiting.take(group, publishes, 1 << 20, settles, 0);
        return group;
    }

    @Test
    void givesBothKindsInTheirOrderWithinTheLimits() throws Exception {
        CommitRequest.Publish first = publish(1);
        assertThat(waiting.add(first)).isTrue();
        waiting.add(publish(2));
        waiting.add(settle(1));
        Group group = take(1, 5);
        assertThat(group.publishes()).containsExactly(first);
        assertThat(group.settles()).hasSize(1);
        assertThat(take(5, 5).publishes()).hasSize(1);
        assertThat(take(5, 5).isEmpty()).isTrue();
    }

    @Test
    void isSaturatedAtItsLimitAndTakesNoMoreAtTwiceThat() {
        waiting.add(publish(1));
        assertThat(waiting.isSaturated()).isFalse();
        waiting.add(settle(1));
        assertThat(waiting.isSaturated()).isTrue();
        assertThat(waiting.add(settle(2))).isTrue();
        assertThat(waiting.add(publish(2))).isTrue();
        assertThat(waiting.add(publish(3))).isFalse();
    }

    @Test
    void isSaturatedByBytesToo() {
        WaitingRequests small = new WaitingRequests(100, 15);
        small.add(publish(1));
        small.add(publish(2));
        assertThat(small.isSaturated()).isTrue();
    }

    @Test
    void givesReliefOnceThereIsRoomThoughOneWhoWaitedFails() throws Exception {
        List<String> relieved = new ArrayList<>();
        waiting.onRelief(() -> relieved.add("at once"));
        waiting.add(publish(1));
        waiting.add(publish(2));
        waiting.onRelief(() -> {
            throw new IllegalStateException("this one fails");
        });
        waiting.onRelief(() -> relieved.add("later"));
        assertThat(relieved).containsExactly("at once");
        take(1, 0);
        take(1, 0);
        assertThat(relieved).containsExactly("at once", "later");
    }

    @Test
    void takesNothingOnceClosedAndGivesWhatWaits() throws Exception {
        waiting.add(publish(1));
        waiting.close();
        assertThat(waiting.add(publish(2))).isFalse();
        assertThat(waiting.isClosedAndEmpty()).isFalse();
        assertThat(waiting.drain().publishes()).hasSize(1);
        assertThat(waiting.isClosedAndEmpty()).isTrue();
    }
}
