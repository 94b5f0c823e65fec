package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The precedence of a message on its queue, the most urgent first. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW;

    private static final Priority[] ALL = values();

    /** The text form of manifests and settings, such as {@code high}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when the text is none of the three */
    @JsonCreator
    public static Priority ofText(String text) {
        for (Priority priority : ALL) {
            if (priority.text().equals(text)) {
                return priority;
            }
        }
        throw new IllegalArgumentException(
                "Expected a priority, high, normal or low, found '" + Printable.of(text) + "'");
    }

    /** The one with that {@link #ordinal}, as the store keeps it; {@code NORMAL} for a number that is none. */
    public static Priority ofNumber(int number) {
        return number >= 0 && number < ALL.length ? ALL[number] : NORMAL;
    }
}
