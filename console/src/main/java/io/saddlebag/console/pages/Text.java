package io.saddlebag.console.pages;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Values as a page shows them: the same form everywhere. A value that is absent is a dash. */
public final class Text {
    private static final String NONE = "–";
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int CALM_DAYS = 30;
    private static final int URGENT_DAYS = 7;

    private Text() {}

    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double shown = bytes;
        int unit = -1;
        while (shown >= 1024 && unit < UNITS.length - 1) {
            shown /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, shown < 10 ? "%.1f %s" : "%.0f %s", shown, UNITS[unit]);
    }

    /** With a narrow space between thousands. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count).replace(',', '\u202f');
    }

    /** UTC, to the second. */
    public static String time(Instant time) {
        return time == null ? NONE : TIME.format(time);
    }

    public static String ago(Instant time, Instant now) {
        if (time == null) {
            return NONE;
        }
        Duration age = Duration.between(time, now);
        return age.isNegative() ? "in " + duration(age.negated()) : duration(age) + " ago";
    }

    /** In the largest unit that gives a number above one. */
    public static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }

    public static String orNone(Object value) {
        return value == null || value.toString().isEmpty() ? NONE : value.toString();
    }

    public static String plural(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** The tone of something that ends at this time. */
    public static String toneOfEnd(Instant end, Instant now) {
        long days = Duration.between(now, end).toDays();
        return days < URGENT_DAYS ? "bad" : days < CALM_DAYS ? "warn" : "ok";
    }

    /** Such as {@code 12 days left}. */
    public static String left(Instant end, Instant now) {
        Duration left = Duration.between(now, end);
        return left.isNegative() ? "ended " + duration(left.negated()) + " ago" : duration(left) + " left";
    }

    /**
     * An address of the console.
     *
     * @param parameters names and values in turn; one whose value is null or empty is left out
     */
    public static String link(String path, Object... parameters) {
        StringBuilder link = new StringBuilder(path);
        char separator = '?';
        for (int i = 0; i < parameters.length; i += 2) {
            String value = parameters[i + 1] == null ? "" : parameters[i + 1].toString();
            if (!value.isEmpty()) {
                link.append(separator)
                        .append(parameters[i])
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
                separator = '&';
            }
        }
        return link.toString();
    }
}
