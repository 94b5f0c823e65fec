package io.saddlebag.cli.status;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Sizes and times for people. */
final class Amounts {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};

    private Amounts() {}

    static String bytes(double bytes) {
        double shown = bytes;
        String unit = "bytes";
        for (int i = 0; i < UNITS.length && shown >= 1024; i++) {
            shown /= 1024;
            unit = UNITS[i];
        }
        return String.format(Locale.ROOT, unit.equals("bytes") ? "%.0f %s" : "%.1f %s", shown, unit);
    }

    /** In the largest unit that it fills. */
    static String time(Duration time) {
        Duration size = time.abs();
        if (size.toDays() >= 2) {
            return size.toDays() + " days";
        }
        if (size.toHours() >= 2) {
            return size.toHours() + " h";
        }
        return size.toMinutes() >= 2 ? size.toMinutes() + " min" : size.toSeconds() + " s";
    }

    /** Such as {@code 2025-10-08T09:00:00Z (3 min ago)}. */
    static String since(Instant time, Instant now) {
        return time.truncatedTo(ChronoUnit.SECONDS) + " (" + time(Duration.between(time, now)) + " ago)";
    }
}
