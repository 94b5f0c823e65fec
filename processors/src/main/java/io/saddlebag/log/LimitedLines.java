package io.saddlebag.log;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Bounds the lines of a kind whose lines are each about something else, such as refused messages. A key
 * names the kind and the source. {@value #BURST} lines a minute are logged for each; the next tells how many were left out.
 * {@link RepeatedFaults} is for lines that all say the same. For use by any thread.
 */
public final class LimitedLines {
    static final int BURST = 20;
    private static final Duration PERIOD = Duration.ofMinutes(1);
    /** The key that was used longest ago makes room. */
    private static final int MOST_KEYS = 256;

    private final LongSupplier nanoTime;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Window {
        private long since;
        private int lines;
        private long leftOut;
    }

    public LimitedLines() {
        this(System::nanoTime);
    }

    /** @param nanoTime a running clock, as {@link System#nanoTime} is */
    LimitedLines(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Counts a line.
     *
     * @param key from a bounded set, never a text of the source's own
     * @return the end of the line to write, empty text or {@code  (57 more like it were not logged)}; no value when no line
     *     is to be written
     */
    public synchronized Optional<String> line(String key) {
        long now = nanoTime.getAsLong();
        Window window = windows.get(key);
        if (window == null) {
            window = add(key, now);
        }
        if (now - window.since >= PERIOD.toNanos()) {
            window.since = now;
            window.lines = 0;
        }
        if (window.lines >= BURST) {
            window.leftOut++;
            return Optional.empty();
        }
        window.lines++;
        long before = window.leftOut;
        window.leftOut = 0;
        return Optional.of(before == 0 ? "" : " (" + before + " more like it were not logged)");
    }

    private Window add(String key, long now) {
        if (windows.size() >= MOST_KEYS) {
            windows.remove(windows.keySet().iterator().next());
        }
        Window added = new Window();
        added.since = now;
        windows.put(key, added);
        return added;
    }
}
