package io.saddlebag.lab.scan;

import java.time.Duration;
import java.time.Instant;

/**
 * Says where a pass through a drop folder ends. Once no more unfinished files can be watched, those behind them have to
 * wait: to look at each again in every pass would cost more than to take the files before them. A pass ends after {@value
 * #MOST} such looks, so that the next one comes back to the watched files. A file with a marker is taken whatever waits
 * before it. For such files a pass goes to the folder's end after a pause, so that looks in vain take a twentieth of a
 * core. For one thread.
 */
final class PassBound {
    static final int MOST = 50_000;

    /** Some 20 times what a look takes. */
    private static final int PAUSE_MICROS = 200;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    /** When a pass goes to the end again; null while passes are short. */
    private Instant again;

    private int inVain;

    /**
     * A file was looked at that is not complete and cannot be watched.
     *
     * @return whether the pass ends here
     */
    boolean endsHere(Instant now) {
        inVain++;
        if (inVain < MOST) {
            return false;
        }
        again = again == null ? now.plus(FIRST_PAUSE) : again;
        if (!now.isBefore(again)) {
            return false;
        }
        inVain = 0;
        return true;
    }

    /** A pass has come to the folder's end. */
    void endReached(Instant now) {
        again = inVain < MOST ? null : now.plus(Duration.ofNanos(1_000L * PAUSE_MICROS * inVain));
        inVain = 0;
    }
}
