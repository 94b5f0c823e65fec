package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Objects;

/**
 * The id of a site: a laboratory, a research centre or the headquarters, such as {@code FL-LAB}.
 *
 * @param value 2 to 32 characters: capital letters and digits in groups joined by single hyphens, a letter first
 */
public record SiteId(@JsonValue String value) implements Comparable<SiteId> {
    private static final int MIN_LENGTH = 2;
    private static final int MAX_LENGTH = 32;

    /**
     * @throws IllegalArgumentException when the value is not of the shape above; the message names what was found
     */
    @JsonCreator
    public SiteId {
        Objects.requireNonNull(value, "site id");
        if (value.length() < MIN_LENGTH || value.length() > MAX_LENGTH || !isGroups(value)) {
            throw new IllegalArgumentException("Expected a site id such as FL-LAB (2 to 32 capital letters, digits"
                    + " and single hyphens), found '" + Printable.of(value) + "'");
        }
    }

    /** Character by character: ids are read several times for every message. */
    private static boolean isGroups(String value) {
        char before = '-';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letter = c >= 'A' && c <= 'Z';
            boolean fits = i == 0 ? letter : letter || (c >= '0' && c <= '9') || (c == '-' && before != '-');
            if (!fits) {
                return false;
            }
            before = c;
        }
        return before != '-';
    }

    public static SiteId of(String value) {
        return new SiteId(value);
    }

    /** The id in lower case, as home folders are named: {@code fl-lab}. */
    public String folderName() {
        return value.toLowerCase(Locale.ROOT);
    }

    @Override
    public int compareTo(SiteId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
