package io.saddlebag.testing;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.clock.Stretch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Running times of sites whose clock was never wrong. */
public final class RunningTimes {
    private RunningTimes() {}

    /** The running time of a site that has run since the epoch without a stop: all ages are as the clock says. */
    public static RunningTime sinceEver(Clock clock) {
        Instant now = clock.instant();
        Stretch always =
                new Stretch(Instant.EPOCH, Duration.ZERO, now, Duration.between(Instant.EPOCH, now), Duration.ZERO);
        return new RunningTime(clock, clock, new RunningTime.Memory(List.of(always), null));
    }
}
