package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a message, {@code SITE_TYPE_YYYYMMDD_SEQ} such as {@code FL-LAB_DAT_20251008_001}, unique per sender and
 * kept through every retry. A correction ends in {@code _r2}, {@code _r3} and so on.
 *
 * @param value at most {@value #MAX_LENGTH} ASCII characters; safe as a file name on every platform
 */
public record MessageId(@JsonValue String value) implements Comparable<MessageId> {
    public static final int MAX_LENGTH = 96;

    private static final Pattern SHAPE = Pattern.compile(
            "(?<site>[A-Z][A-Z0-9-]{1,31})_(?<type>[A-Z][A-Z0-9]{1,15})_(?<date>[0-9]{8})_(?<seq>[0-9]{3,12})"
                    + "(_r(?<revision>[1-9][0-9]{0,3}))?");

    /**
     * @throws IllegalArgumentException when the value is not of this shape or its date is not in the calendar; the
     *     message says which
     */
    @JsonCreator
    public MessageId {
        Objects.requireNonNull(value, "message id");
        Matcher matcher = match(value);
        SiteId.of(matcher.group("site"));
        date(value, matcher.group("date"));
        String revision = matcher.group("revision");
        if (revision != null && Integer.parseInt(revision) < 2) {
            throw new IllegalArgumentException(
                    "Expected corrections to start at _r2, found '" + Printable.of(value) + "'");
        }
    }

    public static MessageId of(String value) {
        return new MessageId(value);
    }

    public SiteId sender() {
        return SiteId.of(match(value).group("site"));
    }

    /** The kind of content, such as {@code DAT} or {@code RPT}. */
    public String type() {
        return match(value).group("type");
    }

    public LocalDate date() {
        return date(value, match(value).group("date"));
    }

    private static Matcher match(String value) {
        Matcher matcher = SHAPE.matcher(value);
        if (value.length() > MAX_LENGTH || !matcher.matches()) {
            throw new IllegalArgumentException("Expected a name such as FL-LAB_DAT_20251008_001"
                    + " (SITE_TYPE_YYYYMMDD_SEQ, at most " + MAX_LENGTH + " characters), found '" + Printable.of(value)
                    + "'");
        }
        return matcher;
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
