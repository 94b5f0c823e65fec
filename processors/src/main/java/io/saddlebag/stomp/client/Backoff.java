package io.saddlebag.stomp.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The delay before the next attempt. It doubles from the first delay up to the longest; each is shortened at random by
 * up to half, so that many clients do not come back at one instant. For one thread.
 */
final class Backoff {
    private static final int MAX_DOUBLINGS = 30;

    private final long firstMillis;
    private final long longestMillis;
    private final RandomGenerator random;
    private int attempts;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.firstMillis = Math.max(1, first.toMillis());
        this.longestMillis = Math.max(firstMillis, longest.toMillis());
        this.random = random;
    }

    Duration next() {
        long delay = Math.min(longestMillis, firstMillis << Math.min(attempts, MAX_DOUBLINGS));
        attempts++;
        return Duration.ofMillis(delay - random.nextLong(delay / 2 + 1));
    }

    void reset() {
        attempts = 0;
    }
}
