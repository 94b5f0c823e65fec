package io.saddlebag.clock;

import java.time.Duration;
import java.time.Instant;

/**
 * The wall clock stepped, and either reading may be right. Ends when the clock is back where it would be without the
 * step, or after {@link RunningTime#DOUBT}.
 *
 * @param wall the reading just before the first step
 * @param running for how long the site had been running then
 * @param last for how long it had been running at the last step
 */
public record ClockDoubt(Instant wall, Duration running, Duration last) {
    /** The reading of the clock at that running time, had it never stepped. */
    Instant otherReading(Duration now) {
        return wall.plus(now.minus(running));
    }

    ClockDoubt again(Duration now) {
        return new ClockDoubt(wall, running, now);
    }
}
