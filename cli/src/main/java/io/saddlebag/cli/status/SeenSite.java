package io.saddlebag.cli.status;

import io.saddlebag.observe.SiteStatus;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A home as a reader finds it.
 *
 * @param running whether a process runs it now
 * @param status its last one; null when it never wrote one
 */
record SeenSite(String home, boolean running, SiteStatus status) {
    /** A site that runs writes every 15 seconds. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** @throws SiteStartException when there is no home */
    static SeenSite look(SiteHome home, Instant now) throws SiteStartException {
        Settings.require(home);
        Optional<SiteStatus> status = SiteStatus.read(home);
        return new SeenSite(home.folder().toString(), isRunning(home, status, now), status.orElse(null));
    }

    /** The lock tells, where this user may ask it; else the time of the last status. */
    private static boolean isRunning(SiteHome home, Optional<SiteStatus> status, Instant now) {
        try {
            return RunningSite.isRunning(home);
        } catch (SiteStartException e) {
            return status.filter(last -> last.stopped() == null)
                    .filter(last -> last.written().plus(FRESH).isAfter(now))
                    .isPresent();
        }
    }
}
