package io.saddlebag.check.kind;

import io.saddlebag.check.format.CsvRows;
import io.saddlebag.check.format.Utf8;
import io.saddlebag.check.kind.Option.Form;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** One column of a CSV file, and the judgement of a cell of it. Immutable. */
final class CsvColumn {
    static final List<Option> OPTIONS = List.of(
            Option.required("name", Form.TEXT, "The column's name in the first row"),
            Option.choice(
                    "type",
                    List.of("text", "integer", "decimal", "boolean", "date", "time", "date-time"),
                    "text",
                    "What its cells hold: dates are 2025-10-08, times 09:30 or 09:30:00, decimals have a point"),
            Option.optional(
                    "required", Form.SWITCH, "false", "Whether the column must be there and no cell may be empty"),
            Option.optional("unique", Form.SWITCH, "false", "Whether no two cells may be the same; empty ones may"),
            Option.optional("pattern", Form.PATTERN, null, "A regular expression that a whole cell must match"),
            Option.optional("values", Form.TEXTS, null, "The only values that a cell may have"),
            Option.optional("at-least", Form.NUMBER, null, "The smallest number"),
            Option.optional("at-most", Form.NUMBER, null, "The largest number"));

    private final String name;
    private final String type;
    private final int kind;
    private final boolean isRequired;
    private final boolean isUnique;
    private final Pattern pattern;
    private final Set<String> values;
    private final BigDecimal least;
    private final BigDecimal most;
    private final boolean isPlain;

    /** @throws IllegalArgumentException when bounds are set for what is no number */
    CsvColumn(Options options) {
        name = options.text("name");
        type = options.text("type");
        kind = OPTIONS.get(1).choices().indexOf(type);
        isRequired = options.isOn("required");
        isUnique = options.isOn("unique");
        pattern = options.pattern("pattern");
        values = Set.copyOf(options.texts("values"));
        least = options.number("at-least");
        most = options.number("at-most");
        if ((least != null || most != null) && kind != 1 && kind != 2) {
            throw new IllegalArgumentException(
                    "at-least and at-most for integer or decimal alone, found them for the column " + name);
        }
        isPlain = pattern == null && values.isEmpty() && least == null && most == null;
    }

    String name() {
        return name;
    }

    boolean isRequired() {
        return isRequired;
    }

    boolean isUnique() {
        return isUnique;
    }

    /** The content that the cell should have; null when it is good. */
    String expected(byte[] bytes, int from, int to, boolean isAscii) {
        if (from == to) {
            return isRequired ? "a value" : null;
        }
        boolean isOfType =
                switch (kind) {
                    case 0 -> isAscii || Utf8.decode(bytes, from, to) != null;
                    case 1 -> isInteger(bytes, from, to);
                    case 2 -> isDecimal(bytes, from, to);
                    case 3 -> is(bytes, from, to, "true") || is(bytes, from, to, "false");
                    case 4 -> to - from == 10 && isDate(bytes, from);
                    case 5 -> timeEnd(bytes, from, to) == to;
                    default -> isDateTime(bytes, from, to);
                };
        if (!isOfType) {
            return EXPECTED[kind];
        }
        return isPlain ? null : expected(Utf8.decode(bytes, from, to));
    }

    /**
     * As {@link CsvRows#endOfGood}, of the types that are common in large files; {@code end} where the cell is to be judged
     * byte by byte.
     */
    int endOfGood(byte[] bytes, int from, int end) {
        if (!isPlain || isUnique) {
            return end;
        }
        int at = from;
        switch (kind) {
            case 1 -> at = digitsEnd(bytes, from, end);
            case 2 -> {
                at = digitsEnd(bytes, from, end);
                if (at > from && at < end && bytes[at] == '.') {
                    at = digitsEnd(bytes, at + 1, end);
                }
            }
            case 4 -> at = end - from > 10 && isDate(bytes, from) ? from + 10 : end;
            default -> at = end;
        }
        return at;
    }

    private static final String[] EXPECTED = {
        "text in UTF-8",
        "a whole number",
        "a number such as 0.5",
        "true or false",
        "a date such as 2025-10-08",
        "a time such as 09:30 or 09:30:00",
        "a date and time such as 2025-10-08T09:30:00Z"
    };

    private String expected(String cell) {
        if (!values.isEmpty() && !values.contains(cell)) {
            return "one of the values that the check names";
        }
        if (pattern != null && !Options.matches(pattern, cell)) {
            return "a value that matches " + pattern.pattern();
        }
        if (least != null && new BigDecimal(cell).compareTo(least) < 0) {
            return "a number of at least " + least.toPlainString();
        }
        return most != null && new BigDecimal(cell).compareTo(most) > 0
                ? "a number of at most " + most.toPlainString()
                : null;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static int digitsEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isDigit(bytes[at])) {
            at++;
        }
        return at;
    }

    private static int afterSign(byte[] bytes, int from, int to) {
        return from < to && (bytes[from] == '-' || bytes[from] == '+') ? from + 1 : from;
    }

    private static boolean isInteger(byte[] bytes, int from, int to) {
        int first = afterSign(bytes, from, to);
        return first < to && digitsEnd(bytes, first, to) == to;
    }

    /** With an exponent of at most three digits, so that a bound compares quickly. */
    private static boolean isDecimal(byte[] bytes, int from, int to) {
        int first = afterSign(bytes, from, to);
        int at = digitsEnd(bytes, first, to);
        int digits = at - first;
        if (at < to && bytes[at] == '.') {
            int end = digitsEnd(bytes, at + 1, to);
            digits += end - at - 1;
            at = end;
        }
        if (digits > 0 && at < to && (bytes[at] == 'e' || bytes[at] == 'E')) {
            int exponent = afterSign(bytes, at + 1, to);
            at = digitsEnd(bytes, exponent, to);
            digits = at == exponent || at - exponent > 3 ? 0 : digits;
        }
        return digits > 0 && at == to;
    }

    private static boolean is(byte[] bytes, int from, int to, String word) {
        byte[] expected = word.getBytes(StandardCharsets.US_ASCII);
        return Arrays.equals(bytes, from, to, expected, 0, expected.length);
    }

    private static int number(byte[] bytes, int from, int digits) {
        int value = 0;
        for (int at = from; at < from + digits; at++) {
            if (!isDigit(bytes[at])) {
                return -1;
            }
            value = value * 10 + bytes[at] - '0';
        }
        return value;
    }

    private static boolean isDate(byte[] bytes, int from) {
        int year = number(bytes, from, 4);
        int month = number(bytes, from + 5, 2);
        int day = number(bytes, from + 8, 2);
        if (year < 0 || month < 1 || month > 12 || day < 1 || bytes[from + 4] != '-' || bytes[from + 7] != '-') {
            return false;
        }
        boolean isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int days =
                switch (month) {
                    case 2 -> isLeap ? 29 : 28;
                    case 4, 6, 9, 11 -> 30;
                    default -> 31;
                };
        return day <= days;
    }

    /** Where the time ends that begins here; -1 when none does. */
    private static int timeEnd(byte[] bytes, int from, int to) {
        if (to - from < 5
                || !isBelow(number(bytes, from, 2), 24)
                || bytes[from + 2] != ':'
                || !isBelow(number(bytes, from + 3, 2), 60)) {
            return -1;
        }
        int at = from + 5;
        if (at == to || bytes[at] != ':') {
            return at;
        }
        if (to - at < 3 || !isBelow(number(bytes, at + 1, 2), 61)) {
            return -1;
        }
        at += 3;
        if (at < to && bytes[at] == '.') {
            int end = digitsEnd(bytes, at + 1, to);
            return end == at + 1 ? -1 : end;
        }
        return at;
    }

    private static boolean isBelow(int value, int bound) {
        return value >= 0 && value < bound;
    }

    /** RFC 3339; the seconds and the offset may be absent, and a blank may take the place of the T. */
    private static boolean isDateTime(byte[] bytes, int from, int to) {
        if (to - from < 16 || !isDate(bytes, from) || bytes[from + 10] != 'T' && bytes[from + 10] != ' ') {
            return false;
        }
        int at = timeEnd(bytes, from + 11, to);
        if (at == to || at > 0 && to - at == 1 && bytes[at] == 'Z') {
            return true;
        }
        return at > 0
                && to - at == 6
                && (bytes[at] == '+' || bytes[at] == '-')
                && isBelow(number(bytes, at + 1, 2), 24)
                && bytes[at + 3] == ':'
                && isBelow(number(bytes, at + 4, 2), 60);
    }

    /** The bytes of the name, as the first row has it. */
    boolean isNamed(byte[] bytes, int from, int to) {
        byte[] own = name.getBytes(StandardCharsets.UTF_8);
        return to - from <= CsvRows.MAX_CELL && Arrays.equals(bytes, from, to, own, 0, own.length);
    }
}
