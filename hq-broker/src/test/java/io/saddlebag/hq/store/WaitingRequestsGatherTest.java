package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.WaitingRequests.Group;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitingRequestsGatherTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(5);

    private final WaitingRequests waiting = new WaitingRequests(100, 1 << 20);

    @Test
    void endsAsSoonAsEnoughIsThere() throws Exception {
        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 5; i++) {
                waiting.add(settle(i));
            }
        });

        waiting.gather(5, LONG);

        adding.join();
        assertThat(waiting.drain().settles()).hasSize(5);
    }

    @Test
    void endsWithItsTimeAndLosesNothing() throws Exception {
        waiting.add(settle(1));

        waiting.gather(5, 1_000_000);

        Group group = new Group();
        waiting.take(group, 10, 1 << 20, 10, 1_000);
        assertThat(group.settles()).hasSize(1);
    }

    @Test
    void endsWhenItIsClosed() throws Exception {
        CompletableFuture<Void> closing = CompletableFuture.runAsync(waiting::close);

        waiting.gather(5, LONG);

        closing.join();
        assertThat(waiting.isClosedAndEmpty()).isTrue();
    }

    private static CommitRequest.Settle settle(long number) {
        return new CommitRequest.Settle(
                new Settlement(
                        number,
                        "ca_rc_queue",
                        Settlement.Outcome.ACKNOWLEDGED,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        1,
                        null,
                        null),
                new CompletableFuture<>());
    }
}
