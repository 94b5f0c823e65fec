package io.saddlebag.site;

import java.util.Objects;
import java.util.Optional;

/**
 * One setting that a site understands; docs/configuration.md lists them.
 *
 * @param name as in application.properties; one with a {@code *} is a family of names, with any part without a dot in
 *     its place
 * @param kind of the value, checked when the file is read
 * @param defaultValue null when the setting is required
 * @param meaning a sentence for the operator, with the unit
 * @param least the smallest value that works, in the form of the file; null when the kind alone says it
 * @param most the largest value that works; null when the kind alone says it
 * @param replacedBy the setting that may be there in its place, and never with it; null when there is none
 */
public record Setting(
        String name, Kind kind, String defaultValue, String meaning, String least, String most, String replacedBy) {
    private static final char ANY_PART = '*';

    public Setting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(meaning, "meaning");
    }

    public static Setting required(String name, Kind kind, String meaning) {
        return new Setting(name, kind, null, meaning, null, null, null);
    }

    public static Setting optional(String name, Kind kind, String defaultValue, String meaning) {
        return new Setting(name, kind, Objects.requireNonNull(defaultValue, "default"), meaning, null, null, null);
    }

    /** As this one, refusing smaller values. */
    public Setting atLeast(String smallest) {
        return new Setting(name, kind, defaultValue, meaning, smallest, most, replacedBy);
    }

    /** As this one, refusing larger values. */
    public Setting atMost(String largest) {
        return new Setting(name, kind, defaultValue, meaning, least, largest, replacedBy);
    }

    /** As this one, unless another setting is there. */
    Setting unless(String other) {
        return new Setting(name, kind, defaultValue, meaning, least, most, other);
    }

    /** As errors say it: the kind and the bounds. */
    String expected() {
        return kind.description()
                + (least == null ? "" : ", at least " + least)
                + (most == null ? "" : ", at most " + most);
    }

    boolean isWithinBounds(String value) {
        return (least == null || kind.amount(value) >= kind.amount(least))
                && (most == null || kind.amount(value) <= kind.amount(most));
    }

    boolean isFamily() {
        return name.indexOf(ANY_PART) >= 0;
    }

    boolean covers(String candidate) {
        return name.equals(candidate) || isFamily() && member(candidate).isPresent();
    }

    /** The part of a name that is in the place of the star; empty when the name is not of this family. */
    Optional<String> member(String candidate) {
        String before = name.substring(0, name.indexOf(ANY_PART));
        String after = name.substring(name.indexOf(ANY_PART) + 1);
        if (candidate.length() <= before.length() + after.length()
                || !candidate.startsWith(before)
                || !candidate.endsWith(after)) {
            return Optional.empty();
        }
        String part = candidate.substring(before.length(), candidate.length() - after.length());
        return part.indexOf('.') < 0 ? Optional.of(part) : Optional.empty();
    }

    /** The form of a value. */
    public enum Kind {
        TEXT("a text"),
        SITE_ID("a site id such as FL-LAB"),
        HOST("a host name such as hq.example.org, or an address such as 192.0.2.7 or 2001:db8::7"),
        PORT("a port from 0 to 65535"),
        ADDRESSES("addresses with ports, each once, such as hq1.example.org:61617, [2001:db8::7]:61617"),
        COUNT("a whole number of 0 or more"),
        BYTES("a size such as 64KiB, 1MiB or a number of bytes"),
        DURATION("a time such as 500ms, 2s, 5m, 1h or 30d"),
        SWITCH("true or false"),
        PATH("a path, relative to the home or absolute");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** The value of a number, a size in bytes or a time in milliseconds. */
        private long amount(String value) {
            return switch (this) {
                case PORT, COUNT -> Long.parseLong(value);
                case BYTES -> Settings.bytesOf(value);
                case DURATION -> Settings.durationOf(value).toMillis();
                default -> throw new IllegalStateException("No bounds for " + this);
            };
        }

        /** As errors say it, such as {@code a whole number of 0 or more}. */
        public String description() {
            return description;
        }
    }
}
