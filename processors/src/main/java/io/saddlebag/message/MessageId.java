package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;

/**
 * The name of a message, {@code SITE_TYPE_YYYYMMDD_SEQ} such as {@code FL-LAB_DAT_20251008_001}, unique per sender and
 * kept through every retry. A correction ends in {@code _r2}, {@code _r3} and so on.
 *
 * @param value at most {@value #MAX_LENGTH} ASCII characters; safe as a file name on every platform
 */
public record MessageId(@JsonValue String value) implements Comparable<MessageId> {
    public static final int MAX_LENGTH = 96;

    private static final int DATE_DIGITS = 8;

    /**
     * @throws IllegalArgumentException when the value is not of this shape or its date is not in the calendar; the
     *     message says which
     */
    @JsonCreator
    public MessageId {
        Objects.requireNonNull(value, "message id");
        Shape shape = Shape.of(value);
        SiteId.of(value.substring(0, shape.siteEnd()));
        date(value, shape.date(value));
        if (shape.revision() == 1) {
            throw new IllegalArgumentException(
                    "Expected corrections to start at _r2, found '" + Printable.of(value) + "'");
        }
    }

    public static MessageId of(String value) {
        return new MessageId(value);
    }

    /** True when the text is a message_id. */
    public static boolean isOne(String text) {
        try {
            of(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The revision that a correction replaces: the one before it. Empty for a message that is no correction. */
    Optional<MessageId> replaces() {
        int revision = Shape.of(value).revision();
        if (revision < 2) {
            return Optional.empty();
        }
        String first = value.substring(0, value.lastIndexOf('_'));
        return Optional.of(of(revision == 2 ? first : first + "_r" + (revision - 1)));
    }

    /** 1 of a message that is no correction, else the number after {@code _r}. */
    public int revision() {
        return Math.max(1, Shape.of(value).revision());
    }

    /** The message that this corrects, whatever was corrected between; itself of a message that is no correction. */
    public MessageId first() {
        return revision() == 1 ? this : of(value.substring(0, value.lastIndexOf('_')));
    }

    public SiteId sender() {
        return SiteId.of(value.substring(0, value.indexOf('_')));
    }

    /** The positions of an id's parts. Read character by character: ids are read several times for every message. */
    private record Shape(int siteEnd, int typeEnd, int revision) {
        private static final int NONE = -1;

        static Shape of(String value) {
            if (value.length() > MAX_LENGTH) {
                throw mismatch(value);
            }
            int siteEnd = value.indexOf('_');
            int typeEnd = value.indexOf('_', siteEnd + 1);
            int dateEnd = value.indexOf('_', typeEnd + 1);
            int seqEnd = value.indexOf('_', dateEnd + 1);
            int end = seqEnd < 0 ? value.length() : seqEnd;
            boolean fits = siteEnd > 0
                    && typeEnd > 0
                    && dateEnd == typeEnd + 1 + DATE_DIGITS
                    && isWord(value, 0, siteEnd, 32, true)
                    && isWord(value, siteEnd + 1, typeEnd, 16, false)
                    && isDigits(value, typeEnd + 1, dateEnd, DATE_DIGITS, DATE_DIGITS)
                    && isDigits(value, dateEnd + 1, end, 3, 12);
            if (!fits) {
                throw mismatch(value);
            }
            return new Shape(siteEnd, typeEnd, seqEnd < 0 ? NONE : revision(value, seqEnd + 1));
        }

        String date(String value) {
            return value.substring(typeEnd + 1, typeEnd + 1 + DATE_DIGITS);
        }

        private static boolean isWord(String value, int from, int to, int max, boolean hyphens) {
            if (to - from < 2 || to - from > max) {
                return false;
            }
            for (int i = from; i < to; i++) {
                char c = value.charAt(i);
                boolean letter = c >= 'A' && c <= 'Z';
                if (!letter && (i == from || !((c >= '0' && c <= '9') || (hyphens && c == '-')))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isDigits(String value, int from, int to, int min, int max) {
            if (to - from < min || to - from > max) {
                return false;
            }
            for (int i = from; i < to; i++) {
                char c = value.charAt(i);
                if (c < '0' || c > '9') {
                    return false;
                }
            }
            return true;
        }

        private static int revision(String value, int from) {
            boolean fits = value.startsWith("r", from)
                    && isDigits(value, from + 1, value.length(), 1, 4)
                    && value.charAt(from + 1) != '0';
            if (!fits) {
                throw mismatch(value);
            }
            return Integer.parseInt(value, from + 1, value.length(), 10);
        }

        private static IllegalArgumentException mismatch(String value) {
            return new IllegalArgumentException("Expected a name of the form SITE_TYPE_YYYYMMDD_SEQ"
                    + " with at most " + MAX_LENGTH + " characters, found '" + Printable.of(value)
                    + "'");
        }
    }

    private static LocalDate date(String value, String digits) {
        try {
            return LocalDate.of(
                    Integer.parseInt(digits.substring(0, 4)),
                    Integer.parseInt(digits.substring(4, 6)),
                    Integer.parseInt(digits.substring(6, 8)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "Expected a date of the calendar (YYYYMMDD) in '" + Printable.of(value) + "', found " + digits, e);
        }
    }

    @Override
    public int compareTo(MessageId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
