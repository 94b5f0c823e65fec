package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.Minute;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Makes counts by the minute out of totals that only grow, so that a message costs nothing for them. For one thread. */
final class LastHour {
    private static final Duration KEPT = Duration.ofHours(1);

    private final Deque<Minute> minutes = new ArrayDeque<>();
    private long in;
    private long out;

    /** Adds the growth since the last call to the minute of {@code now}. Minutes without a message are left out. */
    List<Minute> look(Instant now, long totalIn, long totalOut) {
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        long moreIn = totalIn - in;
        long moreOut = totalOut - out;
        in = totalIn;
        out = totalOut;
        if (moreIn > 0 || moreOut > 0) {
            Minute last = minutes.peekLast();
            boolean isSame = last != null && last.minute().equals(minute);
            if (isSame) {
                minutes.removeLast();
            }
            minutes.addLast(
                    isSame
                            ? new Minute(minute, last.in() + moreIn, last.out() + moreOut)
                            : new Minute(minute, moreIn, moreOut));
        }
        minutes.removeIf(
                each -> !each.minute().isAfter(now.minus(KEPT)) || each.minute().isAfter(now));
        return List.copyOf(minutes);
    }
}
