package io.saddlebag.site;

import io.saddlebag.clock.SteadyClock;
import java.time.Clock;
import java.util.Objects;

/**
 * The clocks of a site; tests set their own.
 *
 * @param wall tells the date and can be set by anybody who runs the machine
 * @param steady counts the time that passes
 */
public record SiteClocks(Clock wall, Clock steady) {
    public SiteClocks {
        Objects.requireNonNull(wall, "wall clock");
        Objects.requireNonNull(steady, "steady clock");
    }

    /** Those of this machine. */
    public static SiteClocks ofSystem() {
        return new SiteClocks(Clock.systemUTC(), new SteadyClock());
    }
}
