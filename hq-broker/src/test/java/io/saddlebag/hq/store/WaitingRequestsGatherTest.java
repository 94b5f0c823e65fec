package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.commit.WaitingRequests;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitingRequestsGatherTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(5);

    private final WaitingRequests<Integer> waiting = new WaitingRequests<>(100, 1 << 20, any -> 0);

    @Test
    void endsAsSoonAsEnoughIsThere() throws Exception {
        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 5; i++) {
                waiting.add(i);
            }
        });

        waiting.gather(5, LONG);

        adding.join();
        assertThat(waiting.drain()).hasSize(5);
    }

    @Test
    void endsWithItsTimeAndLosesNothing() throws Exception {
        waiting.add(1);

        waiting.gather(5, 1_000_000);

        assertThat(waiting.take(10, 1 << 20, 1_000)).hasSize(1);
    }

    @Test
    void endsWhenItIsClosed() throws Exception {
        CompletableFuture<Void> closing = CompletableFuture.runAsync(waiting::close);

        waiting.gather(5, LONG);

        closing.join();
        assertThat(waiting.isClosedAndEmpty()).isTrue();
    }
}
