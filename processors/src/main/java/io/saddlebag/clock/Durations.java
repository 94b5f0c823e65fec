package io.saddlebag.clock;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Times in the form of the settings, for logs and messages: {@code 300ms}, {@code 5s}, {@code 90m}, {@code 30d}. */
public final class Durations {
    private static final Map<Long, String> UNITS = units();

    private Durations() {}

    private static Map<Long, String> units() {
        Map<Long, String> units = new LinkedHashMap<>();
        units.put(Duration.ofDays(1).toMillis(), "d");
        units.put(Duration.ofHours(1).toMillis(), "h");
        units.put(Duration.ofMinutes(1).toMillis(), "m");
        units.put(Duration.ofSeconds(1).toMillis(), "s");
        return units;
    }

    /** In the largest unit that divides it, to the millisecond. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        for (Map.Entry<Long, String> unit : UNITS.entrySet()) {
            if (millis % unit.getKey() == 0) {
                return millis / unit.getKey() + unit.getValue();
            }
        }
        return millis + "ms";
    }
}
