package io.saddlebag.message;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * Instants as text, as {@link Instant#parse} and {@link Instant#toString} have it (RFC 3339, UTC). The usual forms,
 * whole seconds and three, six or nine decimals, are read and written without a formatter, which costs more than the
 * rest of a manifest.
 */
public final class UtcTime {
    private static final String SECONDS = "dddd-dd-ddTdd:dd:ddZ";
    private static final String MILLIS = "dddd-dd-ddTdd:dd:dd.dddZ";
    private static final String MICROS = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    private static final String NANOS = "dddd-dd-ddTdd:dd:dd.dddddddddZ";
    private static final int NANOS_A_MILLI = 1_000_000;
    private static final int NANOS_A_MICRO = 1_000;
    private static final long FIRST = LocalDate.of(1, 1, 1).toEpochDay() * 86_400;
    private static final long END = LocalDate.of(10_000, 1, 1).toEpochDay() * 86_400;

    private UtcTime() {}

    /** @throws DateTimeException when it is no such time */
    public static Instant parse(String text) {
        boolean withMillis = text.length() == MILLIS.length();
        boolean withMicros = text.length() == MICROS.length();
        boolean withNanos = text.length() == NANOS.length();
        if (!hasForm(text, withMillis ? MILLIS : withMicros ? MICROS : withNanos ? NANOS : SECONDS)) {
            return Instant.parse(text);
        }
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        if (hour > 23 || minute > 59 || second > 59) {
            return Instant.parse(text);
        }
        long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
        int nanos = withMillis
                ? number(text, 20, 23) * NANOS_A_MILLI
                : withMicros ? number(text, 20, 26) * NANOS_A_MICRO : withNanos ? number(text, 20, 29) : 0;
        return Instant.ofEpochSecond(((day * 24 + hour) * 60 + minute) * 60 + second, nanos);
    }

    private static boolean hasForm(String text, String form) {
        if (text.length() != form.length()) {
            return false;
        }
        for (int i = 0; i < form.length(); i++) {
            char expected = form.charAt(i);
            char found = text.charAt(i);
            if (expected == 'd' ? found < '0' || found > '9' : found != expected) {
                return false;
            }
        }
        return true;
    }

    private static int number(String digits, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + digits.charAt(i) - '0';
        }
        return number;
    }

    public static String format(Instant time) {
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        if (seconds < FIRST || seconds >= END) {
            return time.toString();
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(seconds, 86_400L));
        int ofDay = (int) Math.floorMod(seconds, 86_400L);
        StringBuilder text = new StringBuilder(NANOS.length());
        append(text, date.getYear(), 4);
        append(text.append('-'), date.getMonthValue(), 2);
        append(text.append('-'), date.getDayOfMonth(), 2);
        append(text.append('T'), ofDay / 3600, 2);
        append(text.append(':'), ofDay / 60 % 60, 2);
        append(text.append(':'), ofDay % 60, 2);
        if (nanos % NANOS_A_MICRO != 0) {
            append(text.append('.'), nanos, 9);
        } else if (nanos % NANOS_A_MILLI != 0) {
            append(text.append('.'), nanos / NANOS_A_MICRO, 6);
        } else if (nanos != 0) {
            append(text.append('.'), nanos / NANOS_A_MILLI, 3);
        }
        return text.append('Z').toString();
    }

    private static void append(StringBuilder text, int number, int digits) {
        int unit = 1;
        for (int i = 1; i < digits; i++) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            text.append((char) ('0' + number / unit % 10));
        }
    }
}
