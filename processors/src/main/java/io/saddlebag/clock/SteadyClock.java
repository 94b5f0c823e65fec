package io.saddlebag.clock;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Counts the time since it was made; setting the system's clock does not move it. Its instants begin at the epoch and
 * are meaningful only as differences.
 */
public final class SteadyClock extends Clock {
    private final long origin = System.nanoTime();

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(System.nanoTime() - origin);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** The zone has no effect. */
    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
