package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToTheLongestAndStaysWithinHalfOfIt() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), new Random(1));
        long full = 100;
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.next().toMillis()).isBetween(full / 2, full);
            full = Math.min(5_000, full * 2);
        }
    }

    @Test
    void beginsAgainAfterAReset() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), new Random(1));
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void doesNotBringAllClientsBackAtOneInstant() {
        Set<Duration> delays = new HashSet<>();
        for (int client = 0; client < 50; client++) {
            delays.add(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), new Random(client)).next());
        }
        assertThat(delays).hasSizeGreaterThan(25);
    }
}
