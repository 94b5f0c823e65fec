package io.saddlebag.log;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Decides which occurrences of a repeated fault are logged. For each kind these are the first, one after a minute, one
 * after ten more, and then one an hour, each with the count since the last line. After {@link #over}, or an hour
 * without a fault, the next is a first one again. For use by any thread.
 */
public final class RepeatedFaults {
    private static final Duration[] PAUSES = {Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1)};
    /** Kinds come from texts of others; the one that was said longest ago makes room. */
    private static final int MOST_KINDS = 256;

    /** Numbers, times, ports and counts, which differ between two faults of one kind. */
    private static final Pattern FIGURES = Pattern.compile("[0-9](?:[0-9TZ:.,_+-]*[0-9Z])?");

    private final LongSupplier nanoTime;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private long occurrences;

    private static final class Kind {
        private int said;
        private long suppressed;
        private long lineAt;
        private long lastAt;
    }

    public RepeatedFaults() {
        this(System::nanoTime);
    }

    /** @param nanoTime a running clock, as {@link System#nanoTime} is */
    RepeatedFaults(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The kind of a fault that only its text tells: the text without its figures. */
    public static String kindOf(String text) {
        return FIGURES.matcher(text).replaceAll("#");
    }

    /**
     * Counts an occurrence.
     *
     * @return the end of the line to write, empty text or {@code  (57 times in 600 s)}; no value when no line is due
     */
    public synchronized Optional<String> occurred(String kind) {
        occurrences++;
        long now = nanoTime.getAsLong();
        Kind found = kinds.get(kind);
        if (found == null || now - found.lastAt > PAUSES[PAUSES.length - 1].toNanos()) {
            makeRoom();
            found = new Kind();
            kinds.put(kind, found);
            found.lineAt = now;
            found.lastAt = now;
            return Optional.of("");
        }
        found.lastAt = now;
        found.suppressed++;
        Duration pause = PAUSES[Math.min(found.said, PAUSES.length - 1)];
        long passed = now - found.lineAt;
        if (passed < pause.toNanos()) {
            return Optional.empty();
        }
        String suffix = " (" + found.suppressed + " times in "
                + Duration.ofNanos(passed).toSeconds() + " s)";
        found.said++;
        found.suppressed = 0;
        found.lineAt = now;
        return Optional.of(suffix);
    }

    private void makeRoom() {
        if (kinds.size() >= MOST_KINDS) {
            Iterator<String> oldest = kinds.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Ends the faults of this kind. */
    public synchronized void over(String kind) {
        kinds.remove(kind);
    }

    /**
     * Ends the faults of every kind.
     *
     * @return how many faults of all kinds occurred since the start or the last call
     */
    public synchronized long over() {
        long count = occurrences;
        occurrences = 0;
        kinds.clear();
        return count;
    }
}
