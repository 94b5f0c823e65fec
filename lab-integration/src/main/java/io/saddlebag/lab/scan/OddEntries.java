package io.saddlebag.lab.scan;

import io.saddlebag.message.Printable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links, pipes and devices in a drop folder, which the route refuses into {@code failed/}. At most {@value #MOST} an hour
 * are offered to it, so that a program that makes each anew does not fill the disk; the others stay where they are, and
 * one line says that. For one thread.
 */
final class OddEntries {
    static final int MOST = 100;

    private static final Logger LOG = LoggerFactory.getLogger(OddEntries.class);
    private static final Duration PERIOD = Duration.ofHours(1);

    private Instant since;
    private int offered;
    private boolean isNamed;

    /** True when one more may be offered. */
    boolean isOffered(Path entry, Instant now) {
        if (since == null || !now.isBefore(since.plus(PERIOD))) {
            since = now;
            offered = 0;
            isNamed = false;
        }
        if (offered < MOST) {
            offered++;
            return true;
        }
        if (!isNamed) {
            isNamed = true;
            LOG.warn(
                    "{}: one more link, pipe or device after {} within an hour; this one and others stay here until"
                            + " that is over. Find the program that makes them",
                    Printable.of(entry.toString()),
                    MOST);
        }
        return false;
    }
}
