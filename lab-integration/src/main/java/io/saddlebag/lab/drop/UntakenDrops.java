package io.saddlebag.lab.drop;

import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.NotTakenException;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that cannot be taken out of their drop folder: read-only, another's, or closed to this site. Each is tried
 * again after a pause that doubles. Said once: of a folder that cannot be emptied, and of each file that has a fault of
 * its own. For any number of threads.
 */
public final class UntakenDrops {
    private static final Logger LOG = LoggerFactory.getLogger(UntakenDrops.class);
    private static final int MOST = 50_000;
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Duration first;
    private final Duration longest;
    private final Map<Path, Duration> pauses = new ConcurrentHashMap<>();
    private final Set<Path> reported = ConcurrentHashMap.newKeySet();

    public UntakenDrops(Duration first) {
        this.first = first;
        this.longest = first.compareTo(LONGEST) > 0 ? first : LONGEST;
    }

    /** @return the pause before it is tried again */
    public Duration failed(Dropped dropped, Exception failure) {
        Duration pause = pauses.size() < MOST || pauses.containsKey(dropped.path())
                ? pauses.merge(dropped.path(), first, (before, unused) -> longer(before))
                : longest;
        boolean isOfFile = failure instanceof NotTakenException;
        if (reported.size() < MOST
                && reported.add(isOfFile ? dropped.path() : dropped.root().path())) {
            LOG.warn(
                    "{}: {} cannot be taken, tried again at growing intervals: {}",
                    Printable.of(dropped.root().path().toString()),
                    Printable.of(dropped.file().toString()),
                    reason(failure));
        }
        return pause;
    }

    private static String reason(Exception failure) {
        if (failure instanceof NotTakenException one) {
            // Its own text, no outside one.
            return one.getReason();
        }
        String found =
                failure instanceof AccessDeniedException ? "access denied" : Printable.reason(FaultText.of(failure));
        return "expected a folder out of which this site may move files, found: " + found + ". Look whether it is"
                + " mounted read-only or has the sticky bit, and whether the site's group may write to it (chmod 2770;"
                + " of a dropped folder chmod -R g+rwX)";
    }

    private Duration longer(Duration before) {
        Duration doubled = before.multipliedBy(2);
        return doubled.compareTo(longest) > 0 ? longest : doubled;
    }

    /** It was taken at last, or for the first time. */
    void taken(Dropped dropped) {
        if (!pauses.isEmpty() && pauses.remove(dropped.path()) != null) {
            reported.remove(dropped.path());
            if (reported.remove(dropped.root().path())) {
                LOG.info(
                        "{}: files can be taken again",
                        Printable.of(dropped.root().path().toString()));
            }
        }
    }
}
