package io.saddlebag.clock;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Tells only how much time has gone by, since it was made: setting the system's clock does not move it. Its instants
 * begin at the epoch and mean nothing by themselves.
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

    /** Times of no calendar have no zone. */
    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
