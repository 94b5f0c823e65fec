package io.saddlebag.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that runs like another one and can be set. */
public final class SettableClock extends Clock {
    private final Clock running;
    private volatile Duration offset = Duration.ZERO;

    /** One that runs. */
    public SettableClock(Clock running) {
        this.running = running;
    }

    /** One that moves only by {@link #advance}. */
    public static SettableClock still(Instant begin) {
        return new SettableClock(Clock.fixed(begin, ZoneOffset.UTC));
    }

    public void advance(Duration by) {
        offset = offset.plus(by);
    }

    @Override
    public Instant instant() {
        return running.instant().plus(offset);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
