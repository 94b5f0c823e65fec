package io.saddlebag.site;

import io.saddlebag.clock.SteadyClock;
import java.time.Clock;

/**
 * The clocks of a site; tests set their own.
 *
 * @param wall tells the date and can be set by anybody who runs the machine
 * @param steady counts the time that passes
 */
public record SiteClocks(Clock wall, Clock steady) {
    /** Those of this machine. */
    public static SiteClocks ofSystem() {
        return new SiteClocks(Clock.systemUTC(), new SteadyClock());
    }
}
